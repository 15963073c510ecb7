// Two QEMU drivers on this machine with state directories of their own, volumes made by qemu-img, and Tiny Linux to run.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createQemuDriver } from '../../../src/drivers/hypervisor/qemu/driver.ts';
import { guestPaths } from '../../../src/drivers/hypervisor/guest-paths.ts';
import { buildTinyLinux } from '../../../src/drivers/hypervisor/tiny-linux/build.ts';
import { checkCounter, type CounterReport } from '../../../src/drivers/hypervisor/tiny-linux/counter-check.ts';
import { openSocket } from '../../../src/drivers/hypervisor/qmp/monitor.ts';
import type { GuestSpec, HypervisorDriver } from '../../../src/drivers/hypervisor.ts';
import type { VolumeSource } from '../../../src/drivers/storage.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import type { HypervisorWorld } from '../../contract/hypervisor-contract.ts';
import { firstWords } from './first-words.ts';

const run = promisify(execFile);
const cacheDir = join(import.meta.dirname, '../../../.cache/tiny-linux');
export const VOLUME_BYTES = 256 << 20;

/** Why the lab cannot run here, if so. */
export const missing = async (): Promise<string | undefined> =>
  run('qemu-system-x86_64', ['--version']).then(
    () => undefined,
    () => 'qemu-system-x86_64 is not installed: apt-get install qemu-system-x86 qemu-utils',
  );

export interface QemuWorld extends HypervisorWorld {
  readonly directory: string;
  /** All that a guest printed since its QEMU started. */
  printed(side: 'here' | 'there', id: string): Promise<string>;
  /** The counter's records in a volume that nobody uses. */
  records(volume: VolumeSource): Promise<CounterReport>;
}

const qemuImg = async (...args: readonly string[]): Promise<string> => (await run('qemu-img', args)).stdout;

const makeVolume = async (directory: string, below?: VolumeSource): Promise<VolumeSource> => {
  const path = join(directory, `${randomUUID()}.qcow2`);
  const backing = below === undefined ? [] : ['-b', below.path, '-F', below.format];
  await qemuImg('create', '-q', '-f', 'qcow2', ...backing, path, String(VOLUME_BYTES));
  const chain = below === undefined ? [] : [{ format: below.format, path: below.path }, ...below.chain];
  return { format: 'qcow2', path, sizeBytes: VOLUME_BYTES, chain };
};

const copyVolume = async (directory: string, frozen: VolumeSource): Promise<VolumeSource> => {
  const path = join(directory, `${randomUUID()}.qcow2`);
  await qemuImg('convert', '-f', frozen.format, '-O', 'qcow2', frozen.path, path);
  return { format: 'qcow2', path, sizeBytes: frozen.sizeBytes, chain: [] };
};

/** Its agent comes up last, when everything else is there. */
const untilBooted = async (driver: HypervisorDriver, id: string): Promise<void> => {
  const deadline = Date.now() + 60_000;
  while ((await driver.guestMetrics(id)) === undefined) {
    if (Date.now() > deadline) throw new Error('the guest has not booted within a minute');
  }
};

export const makeQemuWorld = async (kernelArguments = 'xcp.counter=vda'): Promise<QemuWorld> => {
  const tiny = await buildTinyLinux(cacheDir);
  const directory = await mkdtemp('/tmp/xl-hv-');
  const open = (side: 'here' | 'there'): HypervisorDriver => createQemuDriver({ stateDir: join(directory, side), log: silentLogger });
  const opened = [open('here'), open('there')];
  const [here, there] = opened;
  if (here === undefined || there === undefined) throw new Error('two drivers were made');
  let current = here;
  const boot: GuestSpec['boot'] = { kind: 'kernel', ...tiny, args: `console=ttyS0 quiet ${kernelArguments}` };
  return {
    here,
    there,
    directory,
    boot,
    async reopenHere() {
      await current.close();
      current = open('here');
      opened.push(current);
      return current;
    },
    greeting: path => firstWords(signal => openSocket(path, signal)),
    volume: below => makeVolume(directory, below),
    copy: frozen => copyVolume(directory, frozen),
    booted: untilBooted,
    printed: (side, id) => readFile(guestPaths(join(directory, side), id).serialLog, 'latin1'),
    async records(volume) {
      const raw = join(directory, `${randomUUID()}.raw`);
      await qemuImg('convert', '-f', volume.format, '-O', 'raw', volume.path, raw);
      return checkCounter(raw);
    },
    async [Symbol.asyncDispose]() {
      for (const driver of [current, there]) for (const { id } of await driver.list()) await driver.destroy(id);
      await Promise.all(opened.map(driver => driver.close()));
      await rm(directory, { recursive: true, force: true });
    },
  };
};
