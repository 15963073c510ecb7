// Freezing disks onto overlays, undoing it, and moving a disk to another volume, all while the guest runs.

import type { JsonObject } from '../../../lib/json.ts';
import type { VolumeSource } from '../../storage.ts';
import type { FreezeRequest, HypervisorDriver } from '../../hypervisor.ts';
import { activeNode, addNode, diskState, fileOfNode, hasNode, nodeOfFile, removeNode, sweepNodes } from './blocks.ts';
import type { QmpGuest, QmpGuests } from './guest.ts';
import { abandonJob, awaitJob, completeJob, findJob } from './jobs.ts';
import { jobId, openVolume } from './nodes.ts';

const MOVE_GRANULARITY_BYTES = 1 << 20;
const MOVE_BUFFER_BYTES = 64 << 20;
const SECTOR_BYTES = 512;

export type Layers = Pick<HypervisorDriver, 'freeze' | 'activeLayer' | 'thaw' | 'moveDisk' | 'resizeDisk'>;

/** Opens the overlays that are not in place yet and returns the actions that put them there in one transaction. */
export const prepareFreeze = async (guest: QmpGuest, disks: readonly FreezeRequest[]): Promise<readonly JsonObject[]> => {
  const actions: JsonObject[] = [];
  for (const { diskId, overlay } of disks) {
    const node = await activeNode(guest, diskId);
    const overlayNode = await nodeOfFile(guest, diskId, overlay.path);
    if (node === overlayNode) continue;
    if (!(await hasNode(guest, overlayNode))) await addNode(guest, openVolume(diskId, overlay, { readOnly: false, below: 'none' }));
    actions.push({ type: 'blockdev-snapshot', data: { node, overlay: overlayNode } });
  }
  return actions;
};

/** Puts overlays in place that `prepareFreeze` opened; on failure they are closed again. */
export const commitFreeze = async (guest: QmpGuest, disks: readonly FreezeRequest[], actions: readonly JsonObject[]): Promise<void> => {
  if (actions.length === 0) return;
  try {
    await guest.monitor.execute('transaction', { actions });
  } catch (error) {
    await dropOverlays(guest, disks);
    throw error;
  }
};

export const dropOverlays = async (guest: QmpGuest, disks: readonly FreezeRequest[]): Promise<void> => {
  if (guest.monitor.isClosed) return;
  for (const { diskId } of disks) await sweepNodes(guest, diskId);
};

const freeze = async (guest: QmpGuest, disks: readonly FreezeRequest[]): Promise<void> => {
  try {
    await commitFreeze(guest, disks, await prepareFreeze(guest, disks));
  } catch (error) {
    await dropOverlays(guest, disks);
    throw error;
  }
};

const thaw = async (guest: QmpGuest, diskId: string, below: VolumeSource, signal: AbortSignal): Promise<void> => {
  const base = await nodeOfFile(guest, diskId, below.path);
  const id = jobId('commit', diskId);
  const what = 'writing a frozen disk’s changes back';
  const running = await findJob(guest, id);
  if (running?.status === 'concluded') await abandonJob(guest, id);
  const node = await activeNode(guest, diskId);
  if (node !== base) {
    if (running === undefined || running.status === 'concluded') {
      await guest.monitor.execute('block-commit', { 'job-id': id, device: node, 'base-node': base, 'auto-dismiss': false }, { signal });
    }
    try {
      await awaitJob(guest, id, ['ready'], { what, signal });
      await completeJob(guest, id, { what });
    } catch (error) {
      if (!guest.monitor.isClosed) await abandonJob(guest, id);
      throw error;
    }
  }
  await sweepNodes(guest, diskId);
};

type MoveOptions = Parameters<HypervisorDriver['moveDisk']>[3];

const moveDisk = async (guest: QmpGuest, diskId: string, target: VolumeSource, options: MoveOptions): Promise<void> => {
  const id = jobId('move', diskId);
  const targetNode = await nodeOfFile(guest, diskId, target.path);
  const what = 'moving a disk';
  const node = await activeNode(guest, diskId);
  if (node === targetNode) return sweepNodes(guest, diskId);
  await abandonJob(guest, id);
  await removeNode(guest, targetNode);
  await addNode(guest, openVolume(diskId, target, { readOnly: false, below: 'chain' }));
  try {
    await guest.monitor.execute('blockdev-mirror', {
      'job-id': id,
      device: node,
      target: targetNode,
      sync: 'full',
      'auto-dismiss': false,
      granularity: MOVE_GRANULARITY_BYTES,
      'buf-size': MOVE_BUFFER_BYTES,
      'on-source-error': 'report',
      'on-target-error': 'report',
      ...(options.bandwidthBytesPerSecond !== undefined && { speed: options.bandwidthBytesPerSecond }),
    });
    await awaitJob(guest, id, ['ready'], { what, signal: options.signal, onProgress: options.onProgress });
    options.signal.throwIfAborted();
    await completeJob(guest, id, { what });
  } catch (error) {
    if (guest.monitor.isClosed) throw error;
    await abandonJob(guest, id);
    await sweepNodes(guest, diskId);
    throw error;
  }
  return sweepNodes(guest, diskId);
};

export const createLayers = (guests: QmpGuests): Layers => ({
  async freeze(id, disks) {
    await freeze(await guests.get(id), disks);
  },
  async activeLayer(id, diskId) {
    const guest = await guests.find(id);
    if (guest === undefined) return undefined;
    const { node } = await diskState(guest, diskId);
    return node === undefined ? undefined : fileOfNode(guest, node);
  },
  async thaw(id, diskId, below, { signal }) {
    await thaw(await guests.get(id), diskId, below, signal);
  },
  async moveDisk(id, diskId, target, options) {
    await moveDisk(await guests.get(id), diskId, target, options);
  },
  async resizeDisk(id, diskId, sizeBytes) {
    const guest = await guests.get(id);
    const size = Math.ceil(sizeBytes / SECTOR_BYTES) * SECTOR_BYTES;
    await guest.monitor.execute('block_resize', { 'node-name': await activeNode(guest, diskId), size });
  },
});
