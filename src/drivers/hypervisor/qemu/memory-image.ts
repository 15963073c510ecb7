// A guest's memory and device state in a file: suspend, resume, checkpoint.
//
// QEMU sends the same stream as for a migration, to a unix socket of the guest's own directory; this process writes it to a spool file,
// and qemu-img puts that into the volume, whatever its format. A stream that came to its end is the only one that gets into the volume.

import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { VolumeSource } from '../../storage.ts';
import { runTool, ToolError } from '../../tool.ts';
import type { GuestStatus, HypervisorDriver, TransferProgress } from '../../hypervisor.ts';
import { queryRunState } from '../qmp/answers.ts';
import { qemuError } from '../qmp/errors.ts';
import type { Guest } from './guest.ts';
import { makeHandle } from './handle.ts';
import { commitFreeze, dropOverlays, prepareFreeze } from '../qmp/layers.ts';
import { awaitStream, cancelStream, capabilities, streamParameters } from './migration/stream.ts';
import { memoryTls } from './migration/credentials.ts';
import { openSocket } from '../qmp/monitor.ts';
import { type Power, statusOf, takeBack, unlessAborted } from './power.ts';
import type { GuestRegistry } from './registry.ts';

const LOCAL_BYTES_PER_SECOND = 16 * 2 ** 30;
const CANCEL_TIMEOUT_MS = 20_000;

export type MemoryImages = Pick<HypervisorDriver, 'suspend' | 'resume' | 'checkpoint'>;

interface Spool extends AsyncDisposable {
  /** Resolves when the whole stream is in the spool file. */
  readonly written: Promise<void>;
}

/** Listens for the one connection that brings the stream. */
const openSpool = async ({ paths }: Guest): Promise<Spool> => {
  await rm(paths.stream, { force: true });
  const connected = Promise.withResolvers<Socket>();
  const server: Server = createServer(socket => connected.resolve(socket));
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(paths.stream, () => listening.resolve());
  await listening.promise;
  const written = connected.promise.then(async socket => {
    server.close();
    await pipeline(socket, createWriteStream(paths.spool, { mode: 0o600 }));
  });
  written.catch(() => undefined);
  return {
    written,
    async [Symbol.asyncDispose]() {
      server.close();
      void connected.promise.then(socket => socket.destroy());
      await rm(paths.stream, { force: true });
      await rm(paths.spool, { force: true });
    },
  };
};

const convert = async (
  from: { readonly format: string; readonly path: string },
  to: readonly string[],
  what: string,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await runTool('qemu-img', ['convert', '-f', from.format, ...to.slice(0, -1), from.path, ...to.slice(-1)], { signal });
  } catch (error) {
    if (error instanceof ToolError) throw qemuError(what, error.stderr, { cause: error });
    throw error;
  }
};

const startStream = async ({ monitor, paths }: Guest, pauses: boolean): Promise<void> => {
  await monitor.execute('migrate-set-capabilities', capabilities({ compression: false, pauses }));
  await monitor.execute('migrate-set-parameters', {
    'max-bandwidth': LOCAL_BYTES_PER_SECOND,
    ...streamParameters(false),
    ...memoryTls(undefined),
  });
  await monitor.execute('migrate', { uri: `unix:${paths.stream}` });
};

/** Whatever became of a stream, the guest is as it was. */
const revert = async (guest: Guest, wasRunning: boolean): Promise<void> => {
  if (guest.monitor.isClosed) return;
  await cancelStream(guest, AbortSignal.timeout(CANCEL_TIMEOUT_MS));
  await takeBack(guest, wasRunning);
};

const suspend = async (
  guest: Guest,
  image: VolumeSource,
  signal: AbortSignal,
  onProgress?: (progress: TransferProgress) => void,
): Promise<void> => {
  const wasRunning = (await queryRunState(guest.monitor)) === 'running';
  await using spool = await openSpool(guest);
  guest.quiet = true;
  try {
    await guest.monitor.execute('stop');
    await startStream(guest, false);
    await awaitStream(guest, 'completed', { signal, onProgress });
    await unlessAborted(spool.written, signal);
    await convert({ format: 'raw', path: guest.paths.spool }, ['-n', '-O', image.format, image.path], 'writing the suspend image', signal);
  } catch (error) {
    await revert(guest, wasRunning);
    throw error;
  } finally {
    guest.quiet = false;
  }
};

const checkpoint = async (
  guest: Guest,
  image: VolumeSource,
  disks: Parameters<HypervisorDriver['checkpoint']>[2],
  signal: AbortSignal,
): Promise<void> => {
  const wasRunning = (await queryRunState(guest.monitor)) === 'running';
  await using spool = await openSpool(guest);
  guest.quiet = true;
  try {
    const actions = await prepareFreeze(guest, disks);
    if (guest.handle.accelerator === 'tcg') await guest.monitor.execute('stop');
    await startStream(guest, true);
    await awaitStream(guest, 'pre-switchover', { signal });
    await commitFreeze(guest, disks, actions);
    await guest.monitor.execute('migrate-continue', { state: 'pre-switchover' });
    await awaitStream(guest, 'completed', { signal });
    await unlessAborted(spool.written, signal);
    await takeBack(guest, wasRunning);
  } catch (error) {
    await revert(guest, wasRunning);
    await dropOverlays(guest, disks);
    throw error;
  } finally {
    guest.quiet = false;
  }
  await convert({ format: 'raw', path: guest.paths.spool }, ['-n', '-O', image.format, image.path], 'writing the checkpoint image', signal);
};

const load = async (guest: Guest, image: VolumeSource, signal: AbortSignal): Promise<void> => {
  const { monitor, paths } = guest;
  await convert(image, ['-O', 'raw', paths.spool], 'reading the suspend image', signal);
  try {
    await monitor.execute('migrate-set-capabilities', capabilities({ compression: false, pauses: false }));
    await monitor.execute('migrate-incoming', { uri: `unix:${paths.stream}` });
    const socket = await openSocket(paths.stream, signal);
    // The volume may be longer than the stream: QEMU stops reading at the stream's own end and closes, which ends the copy.
    const sent = pipeline(createReadStream(paths.spool), socket).catch(() => undefined);
    await awaitStream(guest, 'completed', { signal });
    socket.destroy();
    await sent;
  } finally {
    await rm(paths.stream, { force: true });
    await rm(paths.spool, { force: true });
  }
};

export const createMemoryImages = (registry: GuestRegistry, power: Power, accelerator: () => Promise<'kvm' | 'tcg'>): MemoryImages => ({
  async suspend(id, image, { signal, onProgress }) {
    await suspend(await registry.get(id), image, signal, onProgress);
    await power.destroy(id);
  },

  async checkpoint(id, image, disks, { signal }) {
    await checkpoint(await registry.get(id), image, disks, signal);
  },

  async resume(spec, image, { paused, signal }): Promise<GuestStatus> {
    const guest = await registry.launch(makeHandle({ spec, accelerator: await accelerator(), incoming: true }), signal);
    try {
      guest.quiet = true;
      await load(guest, image, signal);
      signal.throwIfAborted();
      if (!paused) await guest.monitor.execute('cont');
      guest.quiet = false;
      return await statusOf(guest);
    } catch (error) {
      if (guest.monitor.isClosed) throw await registry.endedError(guest, 'the suspended guest could not be resumed', error);
      await power.destroy(spec.id);
      throw error;
    }
  },
});
