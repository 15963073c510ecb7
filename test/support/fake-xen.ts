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

const field = (config: string, key: string): string => new RegExp(`^${key} = "(.*)"$`, 'm').exec(config)?.[1] ?? '';

export class FakeXen implements Dom0 {
  readonly store = new XenstoreDaemon();
  readonly files = new Map<string, string>();
  readonly domains = new Map<number, FakeDomain>();
  /** Every call of xl, in order. */
  readonly calls: string[] = [];
  /** Called before each call of xl takes effect; a throw is its failure. */
  before: (command: string) => void = () => undefined;
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
    this.domains.delete(domid);
    this.store.drop(`/local/domain/${domid}`);
    this.store.fire('@releaseDomain');
  }

  /** The connection to xenstored ends. */
  cutStore(): void {
    this.#storeStream?.end();
  }

  async run(program: string, args: readonly string[]): Promise<string> {
    await Promise.resolve();
    if (program !== 'xl') return '';
    const [command = ''] = args;
    this.calls.push(args.filter(word => !word.startsWith('-')).join(' '));
    this.before(command);
    const last = args.at(-1) ?? '';
    switch (command) {
      case 'list':
        return heading + [...this.domains.values()].map(line).join('');
      case 'create':
      case 'restore': {
        const path = args.find(word => word.endsWith('xl.cfg')) ?? '';
        const config = this.files.get(path) ?? '';
        if (command === 'restore' && !this.files.has(last)) throw new ToolError('xl', 3, 'No such file or directory');
        this.#add(field(config, 'name'), field(config, 'uuid'), 1);
        return '';
      }
      case 'save': {
        this.files.set(last, 'memory');
        this.end(Number(args.at(-2)));
        return '';
      }
      default:
        return this.#onDomain(command, Number(last));
    }
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
    if (!path.endsWith('monitor.sock')) throw new DriverError('unreachable', path);
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
