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
import { queryMigration, queryRunState } from '../../qmp/answers.ts';
import { createStallWatch, executeOverLink, yank } from '../../qmp/link.ts';
import { type DiskOptions, endMirrors, finishMirrors, type MirrorTarget, sendMirrors } from '../../qmp/mirrors.ts';
import type { Guest } from '../guest.ts';
import { takeBack } from '../power.ts';
import type { GuestRegistry } from '../registry.ts';
import { installCredentials, memoryTls, nbdClientTls, removeCredentials } from './credentials.ts';
import { awaitStream, cancelStream, capabilities, streamParameters } from './stream.ts';
import { decodeTicket, type Ticket, uriOf } from './ticket.ts';

const UNLIMITED_BYTES_PER_SECOND = 16 * 2 ** 30;
const DOWNTIME_LIMIT_MS = 100;

const targetsOf = ({ nbd, disks }: Ticket, tls: SendOptions['tls']): readonly MirrorTarget[] =>
  Object.entries(disks).map(([diskId, exportName]) => ({
    diskId,
    nbd: { export: exportName, server: { type: 'inet', host: nbd.host, port: String(nbd.port) }, ...nbdClientTls(tls) },
  }));

const sendDisks = async (guest: Guest, ticket: Ticket, options: DiskOptions): Promise<void> => {
  await endMirrors(guest);
  if (options.tls !== undefined) await installCredentials(guest, 'client', options.tls);
  await sendMirrors(guest, targetsOf(ticket, options.tls), options);
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

const handOver = async (guest: Guest, ticket: Ticket, signal: AbortSignal): ReturnType<GuestMigration['handOver']> => {
  const { status } = await queryMigration(guest.monitor);
  if (status !== 'pre-switchover')
    throw new DriverError('bad-state', `the guest is not ready to be handed over: its memory stream is ${status}`);
  await finishMirrors(guest, Object.keys(ticket.disks), signal);
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
