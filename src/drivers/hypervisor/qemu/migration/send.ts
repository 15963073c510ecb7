// The source's side, step by step:
//
//   sendDisks   targets opened, mirrors run until all are in step and stay so
//   sendMemory  the stream runs until the guest is stopped for its last pages (`pre-switchover`)
//   handOver    mirrors end, which flushes; targets are let go; the rest of the state follows (`completed`)
//   cancel      back to the guest alone, from any of these
//
// Between handOver's first and last step the order is what keeps the disks whole: no state goes before every write has arrived.

import type { Logger } from '../../../../lib/logger.ts';
import { DriverError, type GuestMigration, type SendOptions } from '../../../hypervisor.ts';
import { queryJobs, queryMigration, queryRunState } from '../../qmp/answers.ts';
import { activeNode, removeNode } from '../../qmp/blocks.ts';
import type { Guest } from '../guest.ts';
import { awaitJob, dismissJob, findJob } from '../../qmp/jobs.ts';
import { jobId, targetNodeName } from '../../qmp/nodes.ts';
import { takeBack } from '../power.ts';
import type { GuestRegistry } from '../registry.ts';
import { installCredentials, memoryTls, nbdClientTls, removeCredentials } from './credentials.ts';
import { createStallWatch, executeOverLink, yank } from './link.ts';
import { awaitStream, cancelStream, capabilities, streamParameters } from './stream.ts';
import { decodeTicket, type Endpoint, type Ticket, uriOf } from './ticket.ts';
import { endMirrors } from './undo.ts';

const WHAT = 'mirroring a disk to the other host';
const UNLIMITED_BYTES_PER_SECOND = 16 * 2 ** 30;
const DOWNTIME_LIMIT_MS = 100;

/** Whole disks go in large pieces; what was written since a freeze is small and scattered. */
const pieces = (sync: 'top' | 'full') =>
  sync === 'full' ? { granularity: 1 << 20, 'buf-size': 64 << 20 } : { granularity: 1 << 16, 'buf-size': 16 << 20 };

type DiskOptions = Parameters<GuestMigration['sendDisks']>[2];

const openTarget = async (guest: Guest, diskId: string, nbd: Endpoint, exportName: string, options: DiskOptions): Promise<void> => {
  const server = { type: 'inet', host: nbd.host, port: String(nbd.port) };
  const node = {
    driver: 'nbd',
    'node-name': targetNodeName(diskId),
    export: exportName,
    server,
    discard: 'unmap',
    ...nbdClientTls(options.tls),
  };
  await executeOverLink(guest, 'blockdev-add', node, options.signal);
};

const startMirror = async (guest: Guest, diskId: string, options: DiskOptions): Promise<void> => {
  await guest.monitor.execute('blockdev-mirror', {
    'job-id': jobId('mirror', diskId),
    device: await activeNode(guest, diskId),
    target: targetNodeName(diskId),
    sync: options.sync,
    'copy-mode': 'background',
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

const sendDisks = async (guest: Guest, ticket: Ticket, options: DiskOptions): Promise<void> => {
  const diskIds = Object.keys(ticket.disks);
  await endMirrors(guest);
  if (options.tls !== undefined) await installCredentials(guest, 'client', options.tls);
  const progress = gatherProgress(options.onProgress);
  try {
    for (const [diskId, exportName] of Object.entries(ticket.disks)) {
      await openTarget(guest, diskId, ticket.nbd, exportName, options);
      await startMirror(guest, diskId, options);
    }
    const ready = diskIds.map(async diskId => {
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

const prepareStream = async ({ monitor }: Guest, options: SendOptions): Promise<void> => {
  await monitor.execute('migrate-set-capabilities', capabilities({ compression: options.compression, pauses: true }));
  await monitor.execute('migrate-set-parameters', {
    'max-bandwidth': options.bandwidthBytesPerSecond ?? UNLIMITED_BYTES_PER_SECOND,
    'downtime-limit': options.downtimeLimitMs ?? DOWNTIME_LIMIT_MS,
    ...streamParameters(options.compression),
    ...memoryTls(options.tls),
  });
};

/**
 * An emulated guest is stopped before its memory goes: emulation may miss a page written while the stream reads it. It costs a longer
 * pause, never a byte. On KVM the guest runs on until its last pages.
 */
const sendMemory = async (guest: Guest, ticket: Ticket, options: SendOptions, log: Logger): Promise<void> => {
  const wasRunning = (await queryRunState(guest.monitor)) === 'running';
  await prepareStream(guest, options);
  guest.quiet = true;
  guest.stoppedAtMs = undefined;
  try {
    if (guest.handle.accelerator === 'tcg' && wasRunning) {
      log.info('the guest is emulated, so it is stopped while its memory is sent', { guest: guest.id });
      guest.stoppedAtMs = performance.now();
      await executeOverLink(guest, 'stop', {}, options.signal);
    }
    await guest.monitor.execute('migrate', { uri: uriOf(ticket.memory) }, { signal: options.signal });
    const stall = createStallWatch(guest, 'memory');
    await awaitStream(guest, 'pre-switchover', {
      signal: options.signal,
      onProgress: options.onProgress,
      watch: ({ doneBytes }) => stall.check(doneBytes, true),
    });
    if (wasRunning) guest.stoppedAtMs ??= performance.now();
  } catch (error) {
    if (!guest.monitor.isClosed) await stopSending(guest, wasRunning);
    throw error;
  }
};

const STOP_TIMEOUT_MS = 20_000;

const stopSending = async (guest: Guest, resume: boolean): Promise<void> => {
  await yank(guest, ['memory']);
  await cancelStream(guest, AbortSignal.timeout(STOP_TIMEOUT_MS));
  await takeBack(guest, resume);
  guest.quiet = false;
};

/** Ends a mirror that is in step: its last writes arrive and are flushed at the other side, then the target is let go. */
const finishMirror = async (guest: Guest, diskId: string, signal: AbortSignal): Promise<void> => {
  const id = jobId('mirror', diskId);
  const job = await findJob(guest, id);
  if (job?.status !== 'ready') throw new DriverError('unreachable', `${WHAT}: ${job?.error ?? `the mirror is ${job?.status ?? 'gone'}`}`);
  await guest.monitor.execute('block-job-cancel', { device: id });
  const stall = createStallWatch(guest, 'disks');
  await awaitJob(guest, id, ['concluded'], { what: WHAT, signal, watch: ({ doneBytes }) => stall.check(doneBytes, true) });
  await dismissJob(guest, id);
  await removeNode(guest, targetNodeName(diskId));
};

const handOver = async (guest: Guest, ticket: Ticket, signal: AbortSignal): ReturnType<GuestMigration['handOver']> => {
  const { status } = await queryMigration(guest.monitor);
  if (status !== 'pre-switchover')
    throw new DriverError('bad-state', `the guest is not ready to be handed over: its memory stream is ${status}`);
  await Promise.all(Object.keys(ticket.disks).map(diskId => finishMirror(guest, diskId, signal)));
  if ((await queryJobs(guest.monitor)).some(job => job.id.startsWith('mirror-'))) throw new DriverError('failed', 'a mirror was left over');
  await guest.monitor.execute('migrate-continue', { state: 'pre-switchover' });
  const stall = createStallWatch(guest, 'memory');
  const end = await awaitStream(guest, 'completed', { signal, watch: ({ doneBytes }) => stall.check(doneBytes, true) });
  // QEMU's own figure leaves out the time before the last pages, for which an emulated guest is stopped too.
  const downtimeMs = guest.stoppedAtMs === undefined ? end.downtimeMs : performance.now() - guest.stoppedAtMs;
  return { ...(downtimeMs !== undefined && { downtimeMs }), memoryBytes: end.doneBytes };
};

const CANCEL_TIMEOUT_MS = 30_000;

const cancel = async (guest: Guest, resume: boolean): Promise<void> => {
  const limit = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  await yank(guest, ['disks', 'memory']);
  await cancelStream(guest, limit);
  await endMirrors(guest, limit);
  await removeCredentials(guest);
  await takeBack(guest, resume);
  guest.quiet = false;
};

export const createSender = (
  registry: GuestRegistry,
  log: Logger,
): Pick<GuestMigration, 'sendDisks' | 'sendMemory' | 'handOver' | 'cancel'> => ({
  async sendDisks(id, ticket, options) {
    await sendDisks(await registry.get(id), decodeTicket(ticket), options);
  },
  async sendMemory(id, ticket, options) {
    await sendMemory(await registry.get(id), decodeTicket(ticket), options, log);
  },
  async handOver(id, ticket, { signal }) {
    return handOver(await registry.get(id), decodeTicket(ticket), signal);
  },
  async cancel(id, { resume }) {
    await cancel(await registry.get(id), resume);
  },
});
