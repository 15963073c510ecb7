// The Xen driver on an emulated Xen host, or on two, for the contract: volumes made there by qemu-img, and Tiny Linux to run. The hosts serve all tests of
// a suite. Volumes are made on both under the same path, so that each can be either side's.

import { randomUUID } from 'node:crypto';
import { createXenDriver } from '../../../../src/drivers/hypervisor/xen/driver.ts';
import type { GuestSpec, HypervisorDriver } from '../../../../src/drivers/hypervisor.ts';
import type { VolumeSource } from '../../../../src/drivers/storage.ts';
import { systemClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/logger.ts';
import type { HypervisorWorld } from '../../../contract/hypervisor-contract.ts';
import { firstWords } from '../first-words.ts';
import type { SshDom0 } from './ssh-dom0.ts';

const VOLUME_BYTES = 256 << 20;
const BOOT_MS = 300_000;
const LOOK_MS = 500;

export interface XenWorld extends HypervisorWorld {
  readonly directory: string;
}

const untilBooted = async (driver: HypervisorDriver, id: string): Promise<void> => {
  const limit = AbortSignal.timeout(BOOT_MS);
  while ((await driver.guestMetrics(id)) === undefined) await systemClock.sleep(LOOK_MS, { signal: limit });
};

export const makeXenWorld = async (near: SshDom0, domainType: 'pv' | 'pvh' | 'hvm', far: SshDom0 = near): Promise<XenWorld> => {
  const directory = `/lab/${randomUUID().slice(0, 8)}`;
  const dom0s = [...new Set([near, far])];
  const onBoth = (work: (dom0: SshDom0) => Promise<unknown>): Promise<unknown> => Promise.all(dom0s.map(work));
  await onBoth(dom0 => dom0.makeDirectory(directory));
  const open = (side: string, dom0: SshDom0): HypervisorDriver =>
    createXenDriver({ stateDir: `${directory}/${side}`, log: silentLogger, dom0 });
  let current = open('here', near);
  const there = open('there', far);
  const opened = [current, there];
  const volume = async (below?: VolumeSource): Promise<VolumeSource> => {
    const path = `${directory}/${randomUUID()}.qcow2`;
    const backing = below === undefined ? [] : ['-b', below.path, '-F', below.format];
    await onBoth(dom0 => dom0.run('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, path, String(VOLUME_BYTES)]));
    const chain = below === undefined ? [] : [{ format: below.format, path: below.path }, ...below.chain];
    return { format: 'qcow2', path, sizeBytes: VOLUME_BYTES, chain };
  };
  // A whole machine is given its kernel by its QEMU, which takes it packed only.
  const [kernelPath, console] = domainType === 'hvm' ? ['/guest/vmlinuz', 'ttyS0'] : ['/guest/vmlinux', 'hvc0'];
  const boot: GuestSpec['boot'] = { kind: 'kernel', kernelPath, ramdiskPath: '/guest/tiny.img', args: `console=${console} quiet` };
  return {
    here: current,
    there,
    directory,
    boot,
    guest: { domainType },
    attachment: { kind: 'none' },
    rebootKeepsDomid: false,
    movesPaused: false,
    patienceMs: 300_000,
    async reopenHere() {
      await current.close();
      current = open('here', near);
      opened.push(current);
      return current;
    },
    volume,
    async medium() {
      const path = `${directory}/${randomUUID()}.iso`;
      await onBoth(dom0 => dom0.run('truncate', ['-s', String(VOLUME_BYTES), path]));
      return { format: 'raw', path, sizeBytes: VOLUME_BYTES, chain: [] };
    },
    async copy(frozen) {
      const path = `${directory}/${randomUUID()}.qcow2`;
      await near.run('qemu-img', ['convert', '-f', frozen.format, '-O', 'qcow2', frozen.path, path]);
      return { format: 'qcow2', path, sizeBytes: frozen.sizeBytes, chain: [] };
    },
    greeting: path => firstWords(signal => near.connect(path, signal)),
    booted: untilBooted,
    async [Symbol.asyncDispose]() {
      for (const driver of [current, there]) for (const { id } of await driver.list()) await driver.destroy(id);
      await Promise.all(opened.map(driver => driver.close()));
      await onBoth(dom0 => dom0.remove(directory));
    },
  };
};
