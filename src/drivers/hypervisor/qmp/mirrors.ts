// Mirroring a guest's disks onto another host's, whatever runs the guest:
//
//   sendMirrors    targets opened, mirrors run until all are in step and stay so
//   finishMirrors  with the guest stopped: last writes arrive and are flushed at the other side, then the targets are let go
//   endMirrors     without their effect, from any of these; works from the names alone, so also after a restart

import type { JsonObject } from '../../../lib/json.ts';
import { DriverError, type GuestMigration, type SendOptions } from '../../hypervisor.ts';
import { objectsOf, queryJobs, textOf } from './answers.ts';
import { activeNode, removeNode } from './blocks.ts';
import type { LinkedGuest } from './guest.ts';
import { abandonJob, awaitJob, dismissJob, findJob } from './jobs.ts';
import { createStallWatch, executeOverLink, silenceOf, yank } from './link.ts';
import { isTargetNode, jobId, targetNodeName } from './nodes.ts';

const WHAT = 'mirroring a disk to the other host';

export type DiskOptions = Parameters<GuestMigration['sendDisks']>[2];

export interface MirrorTarget {
  readonly diskId: string;
  /** How its export is reached: options of QEMU's NBD client. */
  readonly nbd: JsonObject;
  /** Whether the guest's writes wait for the other side. Slower for the guest, but a mirror comes into step however slow the link is. Default: they do not. */
  readonly writesWait?: boolean;
}

/** Whole disks go in large pieces; what was written since a freeze is small and scattered. */
const pieces = (sync: 'top' | 'full') =>
  sync === 'full' ? { granularity: 1 << 20, 'buf-size': 64 << 20 } : { granularity: 1 << 16, 'buf-size': 16 << 20 };

/**
 * QEMU cannot be told to give up on a connection that is not open yet: `yank` acts on open ones. And what it waits for there, all of its
 * guest's disks wait for. So it is given its own limit, a little before ours: whoever gives up first says why.
 */
const openTimeoutSeconds = (guest: LinkedGuest): number => Math.max(1, Math.floor(silenceOf(guest) / 1000) - 2);

const openTarget = async (guest: LinkedGuest, { diskId, nbd }: MirrorTarget, { signal }: DiskOptions): Promise<void> => {
  const limit = { 'open-timeout': openTimeoutSeconds(guest) };
  const node = { driver: 'nbd', 'node-name': targetNodeName(diskId), discard: 'unmap', ...limit, ...nbd };
  await executeOverLink(guest, 'blockdev-add', node, signal);
};

const startMirror = async (guest: LinkedGuest, { diskId, writesWait }: MirrorTarget, options: DiskOptions): Promise<void> => {
  await guest.monitor.execute('blockdev-mirror', {
    'job-id': jobId('mirror', diskId),
    device: await activeNode(guest, diskId),
    target: targetNodeName(diskId),
    sync: options.sync,
    'copy-mode': writesWait === true ? 'write-blocking' : 'background',
    'auto-dismiss': false,
    'on-source-error': 'report',
    'on-target-error': 'report',
    ...pieces(options.sync),
    ...(options.bandwidthBytesPerSecond !== undefined && { speed: options.bandwidthBytesPerSecond }),
  });
};

/** Progress of several mirrors as one. */
const gatherProgress = (onProgress: SendOptions['onProgress']) => {
  const parts = new Map<string, { readonly doneBytes: number; readonly totalBytes: number }>();
  return (diskId: string, doneBytes: number, totalBytes: number): void => {
    parts.set(diskId, { doneBytes, totalBytes });
    const sum = { doneBytes: 0, totalBytes: 0 };
    for (const part of parts.values()) {
      sum.doneBytes += part.doneBytes;
      sum.totalBytes += part.totalBytes;
    }
    onProgress?.(sum);
  };
};

/** Does something around the beginning of all mirrors of a guest. */
type AroundBegin = (begin: () => Promise<void>) => Promise<void>;

/** On failure or abort all mirrors are ended; the guest goes on. */
export const sendMirrors = async (
  guest: LinkedGuest,
  targets: readonly MirrorTarget[],
  options: DiskOptions,
  aroundBegin: AroundBegin = begin => begin(),
): Promise<void> => {
  const progress = gatherProgress(options.onProgress);
  try {
    for (const target of targets) await openTarget(guest, target, options);
    await aroundBegin(async () => {
      for (const target of targets) await startMirror(guest, target, options);
    });
    const ready = targets.map(async ({ diskId }) => {
      const stall = createStallWatch(guest, 'disks');
      const job = await awaitJob(guest, jobId('mirror', diskId), ['ready'], {
        what: WHAT,
        signal: options.signal,
        watch: ({ doneBytes, status }) => stall.check(doneBytes, status === 'running'),
        onProgress: ({ doneBytes, totalBytes }) => progress(diskId, doneBytes, totalBytes),
      });
      progress(diskId, job.doneBytes, job.totalBytes);
    });
    await Promise.all(ready);
    options.signal.throwIfAborted();
  } catch (error) {
    if (!guest.monitor.isClosed) {
      if (options.signal.aborted) await yank(guest, ['disks']);
      await endMirrors(guest);
    }
    throw error;
  }
};

const finishMirror = async (guest: LinkedGuest, diskId: string, signal: AbortSignal): Promise<void> => {
  const id = jobId('mirror', diskId);
  const job = await findJob(guest, id);
  if (job?.status !== 'ready') throw new DriverError('unreachable', `${WHAT}: ${job?.error ?? `the mirror is ${job?.status ?? 'gone'}`}`);
  await guest.monitor.execute('block-job-cancel', { device: id });
  const stall = createStallWatch(guest, 'disks');
  await awaitJob(guest, id, ['concluded'], { what: WHAT, signal, watch: ({ doneBytes }) => stall.check(doneBytes, true) });
  await dismissJob(guest, id);
  await removeNode(guest, targetNodeName(diskId));
};

/** Ends mirrors that are in step, all of them or it rejects. */
export const finishMirrors = async (guest: LinkedGuest, diskIds: readonly string[], signal: AbortSignal): Promise<void> => {
  await Promise.all(diskIds.map(diskId => finishMirror(guest, diskId, signal)));
  if ((await queryJobs(guest.monitor)).some(isMirror)) throw new DriverError('failed', 'a mirror was left over');
};

const isMirror = (job: { readonly id: string }): boolean => job.id.startsWith('mirror-');

/** Jobs are forgotten, targets closed. Idempotent. The caller has cut the link before if it may be silent. */
export const endMirrors = async (guest: LinkedGuest, signal?: AbortSignal): Promise<void> => {
  const jobs = (await queryJobs(guest.monitor)).filter(isMirror);
  await Promise.all(jobs.map(job => abandonJob(guest, job.id, signal ? { signal } : {})));
  const nodes = objectsOf(await guest.monitor.execute('query-named-block-nodes', { flat: true })).map(node => textOf(node['node-name']));
  for (const node of nodes.filter(isTargetNode)) await removeNode(guest, node);
};
