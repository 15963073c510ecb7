// The source's side, step by step:
//
//   sendDisks   each disk's mirror goes through a unix socket here and a connection of the agents' to the export over there, until all are in step
//   sendMemory  xl sends the running guest; all but the stream's last record is carried on, and by then the guest is stopped
//   handOver    mirrors end, which flushes; xl is told to hold; the last record goes
//   cancel      back to the guest alone, from any of these, also in a fresh process
//
// The destination opens the disks when it has the last record, and not before: so every write must have arrived by then.

import type { Socket } from 'node:net';
import { STREAM_END, XenStreamFollower } from '../../../../wire/xen-stream.ts';
import { ZeroPacker } from '../../../../wire/zero-runs.ts';
import { DriverError, type GuestMigration, type MigrationTls, type SendOptions } from '../../../hypervisor.ts';
import { yank } from '../../qmp/link.ts';
import { type DiskOptions, endMirrors, finishMirrors, sendMirrors } from '../../qmp/mirrors.ts';
import type { Conversation, Listening } from '../dom0.ts';
import type { XenGuest } from '../guest.ts';
import { requireState } from '../guest-status.ts';
import type { XenRegistry } from '../registry.ts';
import { runXl } from '../xl.ts';
import { xlError } from '../xl-errors.ts';
import { connectPeer } from './channel.ts';
import { giveVerdict, hold, openConduit, untilXlEnded } from './conduit.ts';
import { bind, consume, pace, passOn } from './pipes.ts';
import { standingStill } from './standstill.ts';
import { decodeTicket, type XenTicket } from './ticket.ts';

const CANCEL_MS = 120_000;

/** What this process has open for one move. */
interface Sending {
  readonly relays: Listening[];
  diskIds: readonly string[];
  xl?: Conversation;
  socket?: Socket;
  memoryBytes: number;
  stoppedAtMs?: number;
  /** Whether the guest is stopped is being looked at. */
  looking?: Promise<unknown>;
  isComplete: boolean;
}

/** A socket that QEMU connects to as if the export were here. */
const openRelay = (registry: XenRegistry, path: string, ticket: XenTicket, exportName: string, tls: MigrationTls | undefined) =>
  registry.dom0.listen(path, near => {
    near.on('error', () => near.destroy());
    connectPeer(ticket, tls, `disk ${exportName}`).then(
      far => void bind(near, far),
      (error: unknown) => {
        registry.log.warn('a disk cannot be mirrored to the other host', { error });
        near.destroy();
      },
    );
  });

/** Ends xl's sending, if it has not been told to hold: then the guest goes on here. */
const endStream = ({ xl, socket }: Sending): void => {
  socket?.destroy();
  xl?.input.destroy();
  xl?.output.destroy();
};

const closeAll = async (sending: Sending): Promise<void> => {
  endStream(sending);
  await Promise.all(sending.relays.splice(0).map(relay => relay.close()));
};

const sendDisks = async (registry: XenRegistry, guest: XenGuest, sending: Sending, ticket: XenTicket, options: DiskOptions) => {
  const linked = await guest.linked();
  await endMirrors(linked);
  await Promise.all(sending.relays.splice(0).map(relay => relay.close()));
  const targets = [];
  for (const [diskId, exportName] of Object.entries(ticket.disks)) {
    const path = `${guest.paths.sockets}/m-${exportName}.sock`;
    sending.relays.push(await openRelay(registry, path, ticket, exportName, options.tls));
    targets.push({ diskId, nbd: { export: exportName, server: { type: 'unix', path } }, writesWait: true });
  }
  sending.diskIds = Object.keys(ticket.disks);
  await sendMirrors(linked, targets, options, begin => standingStill(registry.dom0, guest.domid, begin));
  await registry.follower.settleAll();
};

/** Notes when Xen says that the guest is stopped. */
const noteStop = async (registry: XenRegistry, guest: XenGuest, sending: Sending): Promise<() => Promise<void>> => {
  const look = async (): Promise<void> => {
    const atMs = performance.now();
    if ((await registry.domainOf(guest.id))?.shutdown === 'suspend') sending.stoppedAtMs ??= atMs;
  };
  const onChange = (): void => {
    const looked = look().catch(() => undefined); // without it the pause is not told
    sending.looking = Promise.all([sending.looking, looked]);
  };
  return (await registry.store.open()).watch('@releaseDomain', onChange);
};

const carry = async (sending: Sending, xl: Conversation, socket: Socket, totalBytes: number, options: SendOptions): Promise<void> => {
  const [follower, packer] = [new XenStreamFollower(), new ZeroPacker()];
  const lost = new AbortController();
  const onClose = (): void => lost.abort(new DriverError('unreachable', 'the other host has ended the connection for the guest’s memory'));
  socket.once('close', onClose);
  if (socket.destroyed) onClose();
  const signal = AbortSignal.any([options.signal, lost.signal]);
  const untilDue = pace(options.bandwidthBytesPerSecond, signal);
  try {
    const end = await consume(
      xl.output,
      async piece => {
        let sentBytes = 0;
        for (const part of follower.push(piece)) {
          const { bytes, release } = packer.pack(part);
          await passOn(socket, bytes, release);
          sentBytes += bytes.length;
          sending.memoryBytes += part.length;
        }
        options.onProgress?.({ doneBytes: sending.memoryBytes, totalBytes: Math.max(totalBytes, sending.memoryBytes) });
        await untilDue(sentBytes);
        return follower.isComplete ? 'enough' : 'more';
      },
      signal,
    );
    if (end === 'enough') return;
  } finally {
    socket.off('close', onClose);
  }
  await xl.ended.catch((error: unknown) => {
    throw xlError('sending the guest’s memory', error);
  });
  throw new DriverError('failed', 'sending the guest’s memory: xl ended before all was sent');
};

const sendMemory = async (registry: XenRegistry, guest: XenGuest, sending: Sending, ticket: XenTicket, options: SendOptions) => {
  const domain = await registry.domainOf(guest.id);
  if (domain === undefined) throw new DriverError('bad-state', 'the guest is gone');
  requireState(domain, ['running'], 'moving a guest on Xen');
  sending.memoryBytes = 0;
  const socket = await connectPeer(ticket, options.tls, 'memory', options.signal);
  socket.on('error', () => socket.destroy());
  sending.socket = socket;
  const forgetStop = await noteStop(registry, guest, sending);
  try {
    await guest.enter('sending');
    sending.xl = await openConduit(registry.dom0, guest);
    await carry(sending, sending.xl, socket, domain.memoryBytes, options);
    sending.isComplete = true;
  } catch (error) {
    await stopSending(registry, guest, sending);
    throw error;
  } finally {
    await forgetStop();
  }
};

/** As long as xl was not told to hold. */
const stopSending = async (registry: XenRegistry, guest: XenGuest, sending: Sending): Promise<void> => {
  endStream(sending);
  await untilXlEnded(registry.dom0, guest, CANCEL_MS);
  await guest.enter('living');
  await registry.follower.settleAll();
};

const handOver = async (guest: XenGuest, sending: Sending, signal: AbortSignal): ReturnType<GuestMigration['handOver']> => {
  const { xl, socket, isComplete } = sending;
  if (!isComplete || xl === undefined || socket === undefined)
    throw new DriverError('bad-state', 'the guest is not ready to be handed over: its memory was not sent');
  if (socket.destroyed) throw new DriverError('unreachable', 'the other host has ended the connection for the guest’s memory');
  await finishMirrors(await guest.linked(), sending.diskIds, signal);
  await Promise.all(sending.relays.splice(0).map(relay => relay.close()));
  await guest.enter('leaving');
  await hold(xl, signal);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject).once('close', () => reject(new DriverError('unreachable', 'the other host has ended the connection')));
  socket.end(new ZeroPacker().pack(STREAM_END).bytes, resolve);
  await promise;
  await sending.looking;
  return {
    memoryBytes: sending.memoryBytes,
    ...(sending.stoppedAtMs !== undefined && { downtimeMs: performance.now() - sending.stoppedAtMs }),
  };
};

const cancel = async (registry: XenRegistry, guest: XenGuest, sending: Sending | undefined, resume: boolean): Promise<void> => {
  const limit = AbortSignal.timeout(CANCEL_MS);
  if (sending !== undefined) await closeAll(sending);
  const hasQemu = await guest.hasQemu();
  if (hasQemu) {
    const linked = await guest.linked();
    await yank(linked, ['disks']);
    await endMirrors(linked, limit);
  }
  const { phase } = guest.handle;
  if (phase !== 'sending' && phase !== 'leaving') return hasQemu ? undefined : registry.follower.endIfDead(guest);
  await giveVerdict(registry.dom0, guest, 'resume');
  await untilXlEnded(registry.dom0, guest, CANCEL_MS);
  const domain = await registry.domainOf(guest.id, limit);
  if (domain?.shutdown === 'suspend') throw new DriverError('failed', 'the guest stays stopped: xl has not let it go on');
  if (!resume && domain?.isPaused === false) await runXl(registry.dom0, ['pause', String(domain.domid)], { tried: 'pausing the guest' });
  await guest.enter('living');
  registry.watchMetrics(guest);
  await registry.follower.settleAll();
  if (!hasQemu) await registry.follower.endIfDead(guest);
};

export const createSender = (registry: XenRegistry): Pick<GuestMigration, 'sendDisks' | 'sendMemory' | 'handOver' | 'cancel'> => {
  const moves = new Map<string, Sending>();
  const beginMove = (guest: XenGuest): Sending => {
    const known = moves.get(guest.id);
    if (known !== undefined) return known;
    const sending: Sending = { relays: [], diskIds: [], memoryBytes: 0, isComplete: false };
    moves.set(guest.id, sending);
    guest.endMove = async () => {
      if (moves.get(guest.id) === sending) moves.delete(guest.id);
      await closeAll(sending);
    };
    return sending;
  };
  return {
    async sendDisks(id, ticket, options) {
      const guest = await registry.getGuest(id);
      const to = decodeTicket(ticket);
      await sendDisks(registry, guest, beginMove(guest), to, options);
    },
    async sendMemory(id, ticket, options) {
      const guest = await registry.getGuest(id);
      const to = decodeTicket(ticket);
      await sendMemory(registry, guest, beginMove(guest), to, options);
    },
    async handOver(id, _ticket, { signal }) {
      const guest = await registry.getGuest(id);
      const sending = moves.get(id);
      if (sending === undefined) throw new DriverError('bad-state', 'no move of this guest is under way');
      return handOver(guest, sending, signal);
    },
    async cancel(id, { resume }) {
      const guest = await registry.getGuest(id);
      const sending = moves.get(id);
      moves.delete(id);
      await cancel(registry, guest, sending, resume);
    },
  };
};
