// Carrying bytes from one stream to another, never faster than the other takes them.

import type { Duplex, Readable, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../../../lib/clock.ts';
import { DriverError } from '../../../hypervisor.ts';

/**
 * Hands each piece to `take` and waits for it before the next. Resolves with `enough` when `take` says so (the stream stays, paused), with `ended`
 * when the stream has ended; rejects as `take` does, or with the signal's reason.
 */
export const consume = async (
  from: Readable,
  take: (piece: Uint8Array) => Promise<'more' | 'enough'>,
  signal?: AbortSignal,
): Promise<'enough' | 'ended'> => {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<'enough' | 'ended'>();
  let taking: Promise<void> = Promise.resolve();
  const onData = (piece: Uint8Array): void => {
    from.pause();
    taking = take(piece).then(async answer => {
      if (answer === 'enough') return resolve('enough');
      // A stream that always has more would keep everything else of this process waiting, timers too.
      await turn();
      from.resume();
    });
    taking.catch(reject);
  };
  // A stream may end while its last piece is still being taken, which may be enough.
  const onEnd = (): void => void taking.then(() => resolve('ended'), reject);
  const onAbort = (): void => reject(signal?.reason);
  from.on('data', onData).once('end', onEnd).once('close', onEnd).once('error', onEnd);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (from.destroyed || from.readableEnded) onEnd();
  from.resume();
  try {
    return await promise;
  } finally {
    from.pause();
    from.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onEnd);
    signal?.removeEventListener('abort', onAbort);
  }
};

/** Resolves when `to` takes more. Rejects with `unreachable` when it is closed. `onPassed` is called when `piece` has gone its way, perhaps later. */
export const passOn = async (to: Writable, piece: Uint8Array, onPassed?: () => void): Promise<void> => {
  const gone = (): DriverError => new DriverError('unreachable', 'the connection for the guest’s memory has ended');
  if (to.destroyed || to.writableEnded) throw gone();
  if (to.write(piece, error => (error ? undefined : onPassed?.()))) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onClose = (): void => reject(gone());
  to.once('drain', resolve).once('close', onClose);
  try {
    await promise;
  } finally {
    to.off('drain', resolve).off('close', onClose);
  }
};

/** Binds two connections together: what one says the other hears, and both end as one. Returns what cuts them. */
export const bind = (a: Duplex, b: Duplex): (() => void) => {
  const cut = (): void => {
    a.destroy();
    b.destroy();
  };
  for (const each of [a, b]) each.once('error', cut).once('close', cut);
  a.pipe(b).pipe(a);
  return cut;
};

const SHORTEST_PAUSE_MS = 10;

/** Call it with what was passed on: it resolves when more may follow. Without a limit at once. */
export const pace = (bytesPerSecond: number | undefined, signal: AbortSignal): ((bytes: number) => Promise<void>) => {
  const startedMs = performance.now();
  let passedBytes = 0;
  return async bytes => {
    passedBytes += bytes;
    if (bytesPerSecond === undefined) return;
    const earlyMs = (passedBytes / bytesPerSecond) * 1000 - (performance.now() - startedMs);
    if (earlyMs > SHORTEST_PAUSE_MS) await systemClock.sleep(earlyMs, { signal });
  };
};
