// Looks again until something is so: for what a switch does in its own time.

import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/** Resolves with how long it took in ms; rejects with what was seen last when it does not come in time. */
export const until = async (
  what: string,
  look: () => Promise<{ readonly done: boolean; readonly seen: string }>,
  { timeoutMs = 30_000, everyMs = 50 }: UntilOptions = {},
): Promise<number> => {
  const startedAt = performance.now();
  for (;;) {
    const { done, seen } = await look();
    const waitedMs = performance.now() - startedAt;
    if (done) return Math.round(waitedMs);
    if (waitedMs > timeoutMs) throw new Error(`${what}: not within ${timeoutMs} ms; last seen:\n${seen}`);
    await sleep(everyMs);
  }
};
