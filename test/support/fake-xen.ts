// A Xen host in memory, as the driver reaches it: xl, xenstored, files, and for each domain a QEMU that only says hello. It is for what cannot be
// made to happen on a real one at a chosen instant: agents that die in the middle, domains that end at once. What xl really does is for the labs.

import { type Duplex, duplexPair } from 'node:stream';
import type { Dom0 } from '../../src/drivers/hypervisor/xen/dom0.ts';
import { DriverError } from '../../src/drivers/hypervisor.ts';
import { ToolError } from '../../src/drivers/tool.ts';
import { XenstoreDaemon } from './xenstore-daemon.ts';

interface FakeDomain {
  readonly domid: number;
  readonly uuid: string;
  readonly name: string;
  pauses: number;
  /** As Xen numbers it. */
  shutdown: number | undefined;
}

const LETTERS = '-rscw';
const GREETING = '{"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 0}, "package": ""}, "capabilities": ["oob"]}}\n';
const heading =
  'Name                                        ID   Mem VCPUs\tState\tTime(s)   UUID                            Reason-Code\tSecurity Label\n';

const line = ({ name, domid, uuid, pauses, shutdown }: FakeDomain): string => {
  const state = `--${pauses > 0 ? 'p' : '-'}${shutdown === undefined ? '-' : 's'}${shutdown === undefined ? '-' : LETTERS[shutdown]}-`;
  return `${name.padEnd(40)} ${domid}   128     1     ${state}       3.0 ${uuid}        ${shutdown ?? '-'}                -\n`;
};

/** Domain 0, and the machine below it. */
export interface FakeZero {
  cpus: number;
  online: number;
  /** Of each vCPU that it was booted with, as xl writes it. */
  pins: string[];
  scheduler: string;
}

const infoText = ({ cpus, scheduler }: FakeZero): string => `host                   : h1
nr_cpus                : ${cpus}
nr_nodes               : 1
cores_per_socket       : ${cpus}
threads_per_core       : 1
cpu_mhz                : 2596.122
total_memory           : 3071
free_memory            : 1756
xen_version            : 4.17.5
xen_caps               : xen-3.0-x86_64
xen_scheduler          : ${scheduler}
xen_commandline        : dom0_mem=1G,max:1G
`;

const vcpuList = ({ online, pins }: FakeZero): string =>
  ['Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard / Soft)']
    .concat(
      pins.map(
        (hard, vcpu) =>
          `Domain-0                             0     ${vcpu}    ${vcpu < online ? `${vcpu}   r--` : '-   --p'}     294.8  ${hard} / all`,
      ),
    )
    .join('\n');

const field = (config: string, key: string): string => new RegExp(`^${key} = "(.*)"$`, 'm').exec(config)?.[1] ?? '';

const refused = (path: string, code: string): DriverError =>
  new DriverError('unreachable', path, { cause: Object.assign(new Error(code), { code }) });

export class FakeXen implements Dom0 {
  readonly store = new XenstoreDaemon();
  readonly files = new Map<string, string>();
  readonly domains = new Map<number, FakeDomain>();
  /** Every call of xl, in order. */
  readonly calls: string[] = [];
  /** Every call of another program. */
  readonly programs: string[] = [];
  readonly zero: FakeZero = { cpus: 4, online: 4, pins: ['all', 'all', 'all', 'all'], scheduler: 'credit2' };
  /** What `xen-cpuid` prints. */
  cpuid = '';
  /** What another program does. */
  onProgram: (program: string) => void = () => undefined;
  /** Called before each call of xl takes effect; a throw is its failure. */
  before: (command: string) => void = () => undefined;
  /** How many calls of each command of xl were under way at once, at most. */
  readonly mostAtOnce = new Map<string, number>();
  readonly #underWay = new Map<string, number>();
  readonly #monitors = new Map<string, Duplex>();
  readonly #waiting = new Map<string, number>();
  readonly #deadQemus = new Set<string>();
  #storeStream: Duplex | undefined;
  #nextDomid = 1;

  /** Some domain that nobody here asked for. */
  addForeign(name: string, uuid: string): number {
    return this.#add(name, uuid, 0);
  }

  #add(name: string, uuid: string, pauses: number): number {
    const domid = this.#nextDomid++;
    this.domains.set(domid, { domid, uuid, name, pauses, shutdown: undefined });
    this.store.set(`/local/domain/${domid}/vm`, `/vm/${uuid}`);
    this.store.set(`/vm/${uuid}`, '');
    return domid;
  }

  byUuid(uuid: string): FakeDomain | undefined {
    return [...this.domains.values()].find(domain => domain.uuid === uuid);
  }

  /** The guest stops by itself: 0 it powered off, 1 it reboots, 3 it crashed. */
  guestStops(uuid: string, reason: number): void {
    const domain = this.byUuid(uuid);
    if (domain !== undefined) domain.shutdown = reason;
    this.store.fire('@releaseDomain');
  }

  end(domid: number): void {
    this.store.drop(`/vm/${this.domains.get(domid)?.uuid}`);
    this.domains.delete(domid);
    this.store.drop(`/local/domain/${domid}`);
    this.store.fire('@releaseDomain');
  }

  /** The QEMU that has its monitor there ends; nobody tells anything but the end of its connections. */
  endQemu(path: string): void {
    this.#deadQemus.add(path);
    this.#monitors.get(path)?.destroy();
  }

  /** The connection of its monitor ends, and it lives on. */
  cutMonitor(path: string): void {
    this.#monitors.get(path)?.destroy();
  }

  /** The connection to xenstored ends. */
  cutStore(): void {
    this.#storeStream?.end();
  }

  async run(program: string, args: readonly string[]): Promise<string> {
    await Promise.resolve();
    if (program !== 'xl') {
      this.programs.push([program, ...args].join(' '));
      this.onProgram(program);
      if (program === 'xen-cpuid') return this.cpuid;
      if (program === 'sh') this.zero.online = Math.max(this.zero.online, ...args.slice(3).map(cpu => Number(cpu) + 1));
      return '';
    }
    const [command = ''] = args;
    const underWay = (this.#underWay.get(command) ?? 0) + 1;
    this.#underWay.set(command, underWay);
    this.mostAtOnce.set(command, Math.max(underWay, this.mostAtOnce.get(command) ?? 0));
    try {
      await Promise.resolve();
      return this.#xl(command, args);
    } finally {
      this.#underWay.set(command, (this.#underWay.get(command) ?? 1) - 1);
    }
  }

  #xl(command: string, args: readonly string[]): string {
    this.calls.push(args.filter(word => !word.startsWith('-')).join(' '));
    this.before(command);
    const last = args.at(-1) ?? '';
    switch (command) {
      case 'list':
        if (last === '0')
          return 'Name  ID   Mem VCPUs\tState\tTime(s)\nDomain-0                                     0  1023     1     r-----     295.4\n';
        return heading + [...this.domains.values()].map(line).join('');
      case 'create':
      case 'restore': {
        const path = args.find(word => word.endsWith('xl.cfg')) ?? '';
        const config = this.files.get(path) ?? '';
        if (command === 'restore' && !this.files.has(last)) throw new ToolError('xl', 3, 'No such file or directory');
        this.#add(field(config, 'name'), field(config, 'uuid'), args.includes('-p') ? 1 : 0);
        return '';
      }
      case 'save': {
        this.files.set(last, 'memory');
        this.end(Number(args.at(-2)));
        return '';
      }
      case 'info':
        return infoText(this.zero);
      case 'vcpu-list':
      case 'vcpu-set':
      case 'vcpu-pin':
      case 'mem-set':
      case 'sched-credit2':
        return this.#schedule(
          command,
          args.slice(1).filter(word => !word.startsWith('-')),
        );
      default:
        return this.#onDomain(command, Number(last));
    }
  }

  /** Words that name their domain first. */
  #schedule(command: string, [domid = '', ...words]: readonly string[]): string {
    if (domid !== '0') return this.#onDomain(command, Number(domid));
    const { zero } = this;
    const [first = '', second = ''] = words;
    // Those that come back only appear.
    if (command === 'vcpu-set') zero.online = Math.min(zero.online, Number(first));
    if (command === 'vcpu-pin' && first === 'all') zero.pins = zero.pins.map(() => second);
    if (command === 'vcpu-pin' && first !== 'all') zero.pins[Number(first)] = second;
    if (command === 'mem-set') this.store.set('/local/domain/0/memory/target', first.replace(/k$/, ''));
    return command === 'vcpu-list' ? vcpuList(zero) : '';
  }

  #onDomain(command: string, domid: number): string {
    const domain = this.domains.get(domid);
    if (domain === undefined) throw new ToolError('xl', 1, `${domid} is an invalid domain identifier (rc=-6)`);
    if (command === 'destroy') this.end(domid);
    if (command === 'pause') domain.pauses += 1;
    if (command === 'unpause') domain.pauses -= 1;
    return '';
  }

  converse(program: string): Promise<never> {
    return Promise.reject(new ToolError(program, 127, 'there is nobody to talk with'));
  }

  listen(): Promise<{ close(): Promise<void> }> {
    return Promise.resolve({ close: () => Promise.resolve() });
  }

  async connect(path: string): Promise<Duplex> {
    await Promise.resolve();
    const [near, far] = duplexPair();
    if (path.includes('xenstored')) {
      this.#storeStream = far;
      this.store.serve(far);
      return near;
    }
    if (!/monitor(-2)?\.sock$/.test(path) || this.#deadQemus.has(path)) throw refused(path, 'ECONNREFUSED');
    const served = this.#monitors.get(path);
    if (served !== undefined && !served.destroyed) {
      // As QEMU does: one client is served, two may wait, also when they are gone meanwhile.
      const waiting = (this.#waiting.get(path) ?? 0) + 1;
      if (waiting > 2) throw refused(path, 'EAGAIN');
      this.#waiting.set(path, waiting);
      return near;
    }
    this.#waiting.delete(path);
    this.#monitors.set(path, near);
    far.write(GREETING);
    far.on('data', (piece: Buffer) => {
      for (const text of piece.toString().split('\n').filter(Boolean)) far.write(`{"return": {}, "id": ${JSON.parse(text).id}}\n`);
    });
    return near;
  }

  async readText(path: string): Promise<string | undefined> {
    await Promise.resolve();
    return this.files.get(path);
  }

  async writeText(path: string, text: string): Promise<void> {
    await Promise.resolve();
    this.files.set(path, text);
  }

  makeDirectory(): Promise<void> {
    return Promise.resolve();
  }

  async list(path: string): Promise<readonly string[]> {
    await Promise.resolve();
    const below = [...this.files.keys()]
      .filter(file => file.startsWith(`${path}/`))
      .map(file => file.slice(path.length + 1).split('/')[0] ?? '');
    return [...new Set(below)];
  }

  async remove(path: string): Promise<void> {
    await Promise.resolve();
    for (const file of this.files.keys()) if (file === path || file.startsWith(`${path}/`)) this.files.delete(file);
  }
}
