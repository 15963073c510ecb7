// A guest's memory in a file: suspend, resume, checkpoint.
//
// xl writes to a spool file beside the guest's other files, and qemu-img puts that into the volume, whatever its format. xl is not ended with this
// process: a guest stopped for its memory can only be let go on by the xl that stopped it. The spool of a suspension stays until the volume holds it: what is
// interrupted before is taken back from there.

import { DriverError, type FreezeRequest, type HypervisorDriver } from '../../hypervisor.ts';
import type { VolumeSource } from '../../storage.ts';
import { ToolError } from '../../tool.ts';
import { commitFreeze, dropOverlays, prepareFreeze } from '../qmp/layers.ts';
import { qemuError } from '../qmp/errors.ts';
import { createDomain, unpauseDomain } from './domain.ts';
import type { Dom0 } from './dom0.ts';
import { noGuest, type XenGuest } from './guest.ts';
import { requireState } from './guest-status.ts';
import type { StartFrom } from './power.ts';
import type { XenRegistry } from './registry.ts';
import { xenPaths } from './paths.ts';
import { runXl } from './xl.ts';
import type { Domain } from './xl-list.ts';

const SAVE_MS = 600_000;

export type MemoryImages = Pick<HypervisorDriver, 'suspend' | 'resume' | 'checkpoint'>;

const convert = async (dom0: Dom0, args: readonly string[], what: string, signal: AbortSignal): Promise<void> => {
  try {
    await dom0.run('qemu-img', ['convert', ...args], { signal });
  } catch (error) {
    if (error instanceof ToolError) throw qemuError(what, error.stderr, { cause: error });
    throw error;
  }
};

const intoVolume = (dom0: Dom0, spool: string, image: VolumeSource, signal: AbortSignal): Promise<void> =>
  convert(dom0, ['-n', '-f', 'raw', '-O', image.format, spool, image.path], 'writing the memory image', signal);

const save = (registry: XenRegistry, domain: Domain, more: readonly string[], spool: string, tried: string): Promise<string> =>
  runXl(registry.dom0, ['save', ...more, String(domain.domid), spool], { tried, limitMs: SAVE_MS, outlives: true });

/** Under the guest's lock: the domain is gone and its memory in the spool, but the suspension failed after all. */
const takeBack = async (registry: XenRegistry, guest: XenGuest, wasPaused: boolean): Promise<void> => {
  await createDomain(registry, guest, { signal: undefined, memory: guest.paths.spool, paused: wasPaused });
  registry.watchMetrics(guest);
  await registry.dom0.remove(guest.paths.spool);
};

const suspend = async (registry: XenRegistry, guest: XenGuest, image: VolumeSource, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted();
  const domain = await registry.domainOf(guest.id);
  if (domain === undefined) throw noGuest(guest.id);
  requireState(domain, ['running'], 'suspend');
  await guest.enter('suspending');
  try {
    await save(registry, domain, [], guest.paths.spool, 'writing the guest’s memory');
  } catch (error) {
    await guest.enter('living');
    await registry.dom0.remove(guest.paths.spool);
    throw error;
  }
  guest.close();
  try {
    await intoVolume(registry.dom0, guest.paths.spool, image, signal);
  } catch (error) {
    await takeBack(registry, guest, false);
    throw error;
  }
  await registry.forget(guest, 'destroyed');
};

/**
 * The domain is left paused at the instant its memory was saved, and the disks are frozen before it goes on. It was paused by xl once, beside whatever
 * pause there was.
 */
const checkpoint = async (
  registry: XenRegistry,
  guest: XenGuest,
  image: VolumeSource,
  disks: readonly FreezeRequest[],
  signal: AbortSignal,
): Promise<void> => {
  signal.throwIfAborted();
  const domain = await registry.domainOf(guest.id);
  if (domain === undefined) throw noGuest(guest.id);
  requireState(domain, ['running'], 'checkpoint');
  const qmp = await guest.qmp();
  const actions = await prepareFreeze(qmp, disks);
  try {
    await save(registry, domain, ['-p'], guest.paths.spool, 'writing the guest’s memory');
    try {
      await commitFreeze(qmp, disks, actions);
    } finally {
      await unpauseDomain(registry, guest);
    }
    await intoVolume(registry.dom0, guest.paths.spool, image, signal);
  } catch (error) {
    await dropOverlays(qmp, disks);
    throw error;
  } finally {
    await registry.dom0.remove(guest.paths.spool);
  }
};

export const createMemoryImages = (registry: XenRegistry, startFrom: StartFrom): MemoryImages => ({
  async suspend(id, image, { signal }) {
    const guest = await registry.getGuest(id);
    await registry.locked(id, () => suspend(registry, guest, image, signal), signal);
  },

  async checkpoint(id, image, disks, { signal }) {
    const guest = await registry.getGuest(id);
    await registry.locked(id, () => checkpoint(registry, guest, image, disks, signal), signal);
  },

  async resume(spec, image, options) {
    const { directory, spool } = xenPaths(registry.stateDir, spec.id);
    if ((await registry.findGuest(spec.id)) !== undefined) throw new DriverError('exists', `guest ${spec.id} exists already`);
    await registry.dom0.makeDirectory(directory);
    await convert(registry.dom0, ['-f', image.format, '-O', 'raw', image.path, spool], 'reading the memory image', options.signal);
    const status = await startFrom(spec, { ...options, memory: spool });
    await registry.dom0.remove(spool);
    return status;
  },
});
