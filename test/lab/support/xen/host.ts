// An emulated Xen host with the shipped agent in its control domain. Looked at from here, by the same executable through the agent's socket, since
// a program's start takes a second there; what is measured runs there.

import { expect } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type CounterReport, checkCounter } from '../../../../src/drivers/hypervisor/tiny-linux/counter-check.ts';
import { ToolError } from '../../../../src/drivers/tool.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { must } from '../../../../tools/hosts/host.ts';
import type { SshDom0 } from './ssh-dom0.ts';

const PORT = 4430;
const PASSWORD = 'a lab password';
/** As the service's unit has it. */
const UNIT = join(import.meta.dirname, '../../../../tools/package/debian/xcp-hostd.service');
const STATE = '/var/lib/xcp';
const LOG = '/var/log/xcp.log';
/** Code that is made at run time is what an emulated processor is slowest at; the simple kind pays all the same. */
export const EMULATED = 'BUN_JSC_useDFGJIT=0';
/** Where the agent is to kill itself, and where to stand still, if these are there; it stands still as long as the third is. */
const [CRASH_AT, HOLD_AT, HELD] = ['/run/xcp-crash-at', '/run/xcp-hold-at', '/run/xcp-held'] as const;
const START_MS = 180_000;
const WRITES_MS = 60_000;
const BOOT_MS = 120_000;
const LOOK_MS = 500;
/** How long an agent may live on after a command that was to be its end. */
const FAREWELL_MS = 20_000;
/** So many MiB of a disk hold all records of a test. */
const RECORDS_MIB = 16;

export type GuestType = 'pv' | 'pvh';

interface GuestOptions {
  readonly type?: GuestType;
  readonly memoryMib?: number;
  readonly args?: string;
  readonly ramdisk?: string;
}

export interface MoveFigures {
  readonly tookMs: number;
  /** From when Xen stopped the guest until the destination says that it runs there; without the comparison of the disks. */
  readonly stoppedMs: number;
  readonly stepsMs: Readonly<Record<string, number>>;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const statistics = (values: readonly number[]): string => {
  const sorted = values.toSorted((a, b) => a - b);
  return `median ${seconds(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN)}, worst ${seconds(sorted.at(-1) ?? Number.NaN)}`;
};

export const summary = (moves: readonly MoveFigures[]): string =>
  `${moves.length} moves: ${statistics(moves.map(({ tookMs }) => tookMs))}; stopped, without the comparison: ${statistics(moves.map(({ stoppedMs }) => stoppedMs))}`;

export const inWords = ({ tookMs, stoppedMs, stepsMs }: MoveFigures): string => {
  const steps = Object.entries(stepsMs).map(([step, ms]) => `${step} ${(ms / 1000).toFixed(1)}`);
  return `${seconds(tookMs)}, of them ${seconds(stoppedMs)} stopped, without the comparison (${steps.join(', ')})`;
};

/** What a command said, also when it failed. */
export const wordsOf = (command: Promise<string>): Promise<string> =>
  command.catch((error: unknown) => {
    if (!(error instanceof ToolError)) throw error;
    return error.message;
  });

/** Asks until it is so; what is asked may fail meanwhile. Rejects with the last failure, or with `what`. */
export const eventually = async (what: string, holds: () => Promise<boolean>, timeoutMs: number): Promise<void> => {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    const found = await holds().catch((error: unknown) => {
      failure = error;
      return false;
    });
    if (found) return;
    if (performance.now() > endMs) throw new Error(`${what} has not come true within ${seconds(timeoutMs)}`, { cause: failure });
    await systemClock.sleep(LOOK_MS);
  }
};

export class XenHost {
  readonly dom0: SshDom0;
  readonly address: string;
  #server = '';

  constructor(dom0: SshDom0, address: string) {
    this.dom0 = dom0;
    this.address = address;
  }

  /** What `--server` takes here. */
  get server(): string {
    return this.#server;
  }

  sh(line: string): Promise<string> {
    return this.dom0.sh(line).then(text => text.trim());
  }

  /** One command that must succeed; gives what it printed. */
  xcp(...words: readonly string[]): Promise<string> {
    return must({ server: this.#server }, ...words);
  }

  /** On a host that may have been used before: the agent as after its installation, no guests. */
  async begin(): Promise<void> {
    await this.sh(`[ ! -e /run/xcp.pid ] || kill -9 "$(cat /run/xcp.pid)" 2>/dev/null
      for domid in $(xl list | awk 'NR > 1 && $2 > 0 { print $2 }'); do xl destroy "$domid"; done
      mountpoint -q ${STATE} && rm -rf ${STATE}/* || rm -rf ${STATE}
      rm -f ${LOG} && mkdir -p ${STATE} /lab && printf '%s\\n' '${PASSWORD}' >/root/password && /xcp/xcp hostd passwd root </root/password`);
    await this.start();
  }

  /** Keeps the agent's state on a disk of its own, which is new or was there before. */
  async mountState(device: string): Promise<void> {
    await this.sh(`mountpoint -q ${STATE} && exit
      blkid ${device} >/dev/null || mkfs.ext4 -q ${device}
      mkdir -p ${STATE} && mount ${device} ${STATE}`);
  }

  /** Starts the agent. */
  async start(): Promise<void> {
    const words = [
      ...['--hypervisor', 'xen', '--network', 'user', '--log-format', 'text', '--log-level', 'debug'],
      ...['--listen', `unix:${STATE}/xapi`, '--listen', `tls:${this.address}:${PORT}`, '--migration-address', this.address],
    ];
    const [, settings = ''] = /^Environment=(.*)$/m.exec(await readFile(UNIT, 'utf8')) ?? [];
    const places = `XCP_CRASH_AT=${CRASH_AT} XCP_HOLD_AT=${HOLD_AT} XCP_HOLD_FILE=${HELD}`;
    await this.sh(`rm -f ${CRASH_AT} ${HOLD_AT} ${HELD}
      ${settings} ${EMULATED} ${places} setsid /xcp/xcp hostd ${words.join(' ')} </dev/null >>${LOG} 2>&1 & echo $! >/run/xcp.pid`);
    this.#server = `unix:${await this.dom0.forward(`${STATE}/xapi`)}`;
    const answers = async (): Promise<boolean> => (await this.xcp('host-list', '--minimal')) !== '';
    try {
      await eventually('that the agent answers', answers, START_MS);
    } catch (error) {
      throw new Error(`the agent did not start: ${await this.logged('')}`, { cause: error });
    }
  }

  /** Resolves when the agent is gone, whoever ended it. */
  async untilDead(): Promise<void> {
    await this.sh('while kill -0 "$(cat /run/xcp.pid)" 2>/dev/null; do sleep 0.1; done');
  }

  /** Does something during which the agent stands still at `place`; resolves as soon as it does, with what the doing says in the end. */
  async holdAt(place: string, timeoutMs: number, doing: () => Promise<string>): Promise<{ readonly said: Promise<string> }> {
    await this.sh(`printf '%s' '${place}' >${HOLD_AT}`);
    const said = wordsOf(doing());
    await eventually(`that the agent stands at ${place}`, async () => (await this.sh(`ls ${HELD}`)) === HELD, timeoutMs);
    return { said };
  }

  async letGo(): Promise<void> {
    await this.sh(`rm -f ${HOLD_AT} ${HELD}`);
  }

  /** Does something during which the agent kills itself at `place`, and starts it anew; gives what the doing said of it. */
  async strike(place: string, doing: () => Promise<string>): Promise<string> {
    await this.sh(`printf '%s' '${place}' >${CRASH_AT}`);
    const over = new AbortController();
    const said = wordsOf(doing());
    const unharmed = said.then(async words => {
      await systemClock.sleep(FAREWELL_MS, { signal: over.signal });
      throw new Error(`the agent was never at ${place}: ${words}`);
    });
    unharmed.catch(() => undefined); // told to whoever waits below, if anybody does
    await Promise.race([this.untilDead(), unharmed]);
    over.abort(new Error('the agent was struck'));
    await this.start();
    return said;
  }

  /**
   * As `strike`, but while a step of the move is under way, so many ms after the source's log told its beginning; `next` is the step after it, which
   * must not have begun.
   */
  async strikeAmid(source: XenHost, step: string, next: string, afterMs: number, doing: () => Promise<string>): Promise<string> {
    const length = Number(await source.sh(`stat -c %s ${LOG}`));
    const begun = (name: string): string =>
      `tail -c +${length + 1} ${LOG} | grep -aq 'step begins.* planKind=VM.migrate_send .*step=${name} '`;
    const said = wordsOf(doing());
    await source.sh(`i=0; until ${begun(step)}; do sleep 0.2; i=$((i + 1)); [ "$i" -lt 900 ] || exit 1; done`);
    await systemClock.sleep(afterMs);
    await this.sh('kill -9 "$(cat /run/xcp.pid)"');
    await this.untilDead();
    expect(await source.sh(`! ${begun(next)} && echo not yet`)).toBe('not yet');
    await this.start();
    return said;
  }

  /** A guest of Tiny Linux, PV unless told otherwise, halted. Its kernel and ramdisk are files that both hosts of a pair have. */
  async install(name: string, { type = 'pv', memoryMib = 96, args = '', ramdisk = '/guest/tiny.img' }: GuestOptions = {}): Promise<string> {
    const uuid = await this.xcp('vm-install', 'template=Tiny Linux', `new-name-label=${name}`);
    await this.xcp('vm-param-remove', `uuid=${uuid}`, 'param-name=other-config', 'param-key=xcp-tiny-linux');
    const limits = ['static-min=64MiB', ...['dynamic-min', 'dynamic-max', 'static-max'].map(limit => `${limit}=${memoryMib}MiB`)];
    await this.xcp('vm-memory-limits-set', `uuid=${uuid}`, ...limits);
    const boot = ['PV-kernel=/guest/vmlinux', `PV-ramdisk=${ramdisk}`, `PV-args=console=hvc0 quiet ${args}`];
    await this.xcp('vm-param-set', `uuid=${uuid}`, `domain-type=${type}`, ...boot);
    return uuid;
  }

  /** A running guest that writes numbered records to its disk. */
  async startCounting(name: string, type: GuestType = 'pv'): Promise<string> {
    const uuid = await this.install(name, { type, args: 'xcp.counter=xvda xcp.counter.pause=0.5' });
    await this.xcp('vm-start', `uuid=${uuid}`);
    await eventually('that the guest writes', async () => (await this.counted(uuid)) > 0, BOOT_MS);
    return uuid;
  }

  /** Moves a guest as people do, on the host itself, with each disk compared. */
  async migrate(to: XenHost, uuid: string): Promise<string> {
    const fingerprint = await to.sh(`grep -ao 'fingerprint=[0-9A-F:]*' ${LOG} | tail -1 | cut -d= -f2`);
    const there = `remote-master=https://${to.address}:${PORT} remote-username=root remote-password-file=/root/password`;
    return this.sh(`${EMULATED} /xcp/xcp vm-migrate uuid=${uuid} ${there} remote-fingerprint=${fingerprint} live=true verify=true`);
  }

  /** What the agent's log says of the last move from here. */
  async lastMove(): Promise<MoveFigures> {
    const moved = (await this.logged('VM moved')).split('\n').at(-1) ?? '';
    const of = (key: string): number => Number(new RegExp(` ${key}=(\\d+)`).exec(moved)?.[1]);
    const begun = [...(await this.logged('step begins.* planKind=VM.migrate_send ')).matchAll(/^(\S+) .* step=(\S+) /gm)];
    const times = [
      ...begun.map(([, at = '', step = '']) => ({ step, atMs: Date.parse(at) })),
      { step: '', atMs: Date.parse(moved.slice(0, 24)) },
    ];
    const ofThis = times.slice(times.findLastIndex(({ step }) => step === 'reserve'));
    const stepsMs = Object.fromEntries(ofThis.slice(0, -1).map(({ step, atMs }, i) => [step, (ofThis[i + 1]?.atMs ?? Number.NaN) - atMs]));
    // The comparison lies between the hand-over, which ends when all is sent, and the commit, which ends when the guest runs over there.
    return { tookMs: of('tookMs'), stoppedMs: of('downtimeMs') + (stepsMs['commit'] ?? Number.NaN), stepsMs };
  }

  /** The last lines of the agent's log in which `pattern` is found. */
  logged(pattern: string): Promise<string> {
    return this.sh(`grep -a '${pattern}' ${LOG} | tail -20 || true`);
  }

  /** What a guest's console has said since somebody asked last. */
  async said(uuid: string): Promise<string> {
    const domid = await this.xcp('vm-param-get', `uuid=${uuid}`, 'param-name=dom-id');
    return this.sh(`timeout 1 cat "$(xenstore-read /local/domain/${domid}/console/tty)" || true`);
  }

  /** The last record that the guest says it wrote. */
  async counted(uuid: string): Promise<number> {
    return Number([...(await this.said(uuid)).matchAll(/COUNT (\d+) [\d.]+\r?\n/g)].at(-1)?.[1] ?? 0);
  }

  async expectWriting(uuid: string): Promise<void> {
    expect(await this.xcp('vm-param-get', `uuid=${uuid}`, 'param-name=power-state')).toBe('running');
    const before = await this.counted(uuid);
    await eventually('that the guest goes on writing', async () => (await this.counted(uuid)) > before, WRITES_MS);
  }

  /** What this host still has of a VM that is not its own, in words. */
  async remains(uuid: string): Promise<string> {
    const left = [
      await this.xcp('vdi-list', 'managed=true', 'params=uuid', '--minimal'),
      await this.sh(
        `ls -d ${STATE}/guests/${uuid} 2>/dev/null; find ${STATE} -name '*.qcow2'; pidof qemu-nbd qemu-storage-daemon qemu-img; true`,
      ),
    ];
    return left.filter(text => text !== '').join('; ');
  }

  /** The records on the disk of the only VM, which is halted: its image must be sound. */
  async records(): Promise<CounterReport> {
    const raw = join(tmpdir(), `xcp-records-${process.pid}.raw`);
    const top = await this.sh(`ls -t $(find ${STATE} -name '*.qcow2') | head -1`);
    await this.sh(`qemu-img check -q ${top} && qemu-img dd -f qcow2 -O raw if=${top} of=/lab/records.raw bs=1M count=${RECORDS_MIB}`);
    try {
      const packed = await this.sh('gzip -1 </lab/records.raw | base64; rm /lab/records.raw');
      await writeFile(raw, gunzipSync(Buffer.from(packed, 'base64')));
      return await checkCounter(raw);
    } finally {
      await rm(raw, { force: true });
    }
  }
}
