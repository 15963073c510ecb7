// Doing something again until it works: waits grow by a factor up to a bound, with jitter so that many do not come in step.

import { type Clock, systemClock } from './clock.ts';

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly factor: number;
  /** Share of each wait that is drawn by chance, 0 to 1. */
  readonly jitter: number;
}

export const defaultBackoff: Backoff = { firstMs: 100, maxMs: 30_000, factor: 2, jitter: 0.5 };

/** The wait before the next try, in ms; `failures` counts from 1, `chance` is 0 to 1. */
export const backoffMs = (backoff: Backoff, failures: number, chance: number): number => {
  const wholeMs = Math.min(backoff.maxMs, backoff.firstMs * backoff.factor ** Math.max(0, failures - 1));
  return wholeMs * (1 - backoff.jitter * chance);
};

export interface RetryOptions {
  readonly backoff?: Backoff;
  readonly clock?: Clock;
  /** Ends the waiting: rejects with its reason. `attempt` itself must watch it on its own. */
  readonly signal?: AbortSignal | undefined;
  /** Tries in all; left out: without end. */
  readonly attempts?: number;
  /** Told of each failure that will be followed by another try; a throw ends the trying with that error. */
  readonly onFailure?: (error: unknown, failures: number, waitMs: number) => void;
}

/** Resolves with the first success; rejects with the last failure, or the signal's reason. */
export const retry = async <T>(attempt: () => Promise<T>, options: RetryOptions = {}): Promise<T> => {
  const { backoff = defaultBackoff, clock = systemClock, signal, attempts = Number.POSITIVE_INFINITY, onFailure } = options;
  for (let failures = 1; ; failures += 1) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (failures >= attempts) throw error;
      const waitMs = backoffMs(backoff, failures, Math.random());
      onFailure?.(error, failures, waitMs);
      await clock.sleep(waitMs, { signal });
    }
  }
};
