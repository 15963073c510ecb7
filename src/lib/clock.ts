// Time as something that is handed in: the system's clock in the daemon, a clock moved by hand in tests.

import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Resolves after `durationMs`; rejects with the signal's reason when that comes first. Keeps the process alive meanwhile. */
  sleep(durationMs: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(durationMs, { signal } = {}) {
    signal?.throwIfAborted();
    try {
      await delay(durationMs, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

export interface ManualClock extends Clock {
  /** Moves the time on and wakes whoever slept long enough, earliest first. */
  advance(durationMs: number): void;
  /** How many sleep now. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export const manualClock = (startMs = 0): ManualClock => {
  let now = startMs;
  const sleeping = new Set<Sleeper>();
  return {
    now: () => now,
    get sleepers() {
      return sleeping.size;
    },
    sleep(durationMs, { signal } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal?.aborted) {
        reject(signal.reason);
        return promise;
      }
      const onAbort = (): void => {
        sleeping.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        at: now + durationMs,
        wake: () => {
          sleeping.delete(sleeper);
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      sleeping.add(sleeper);
      return promise;
    },
    advance(durationMs) {
      now += durationMs;
      for (const sleeper of [...sleeping].sort((a, b) => a.at - b.at)) if (sleeper.at <= now) sleeper.wake();
    },
  };
};
