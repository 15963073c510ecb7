import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { manualClock, systemClock } from '../../../src/lib/clock.ts';
import { backoffMs, retry } from '../../../src/lib/retry.ts';

const backoff = { firstMs: 100, maxMs: 1_000, factor: 2, jitter: 0 };
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
const failing = (times: number) => {
  let calls = 0;
  return {
    get calls() {
      return calls;
    },
    attempt: async (): Promise<string> => {
      calls += 1;
      if (calls <= times) throw new Error(`failure ${calls}`);
      return 'fine';
    },
  };
};

describe('retry', () => {
  test('waits longer each time, up to a bound', async () => {
    const clock = manualClock();
    const waits: number[] = [];
    const work = failing(6);
    const done = retry(work.attempt, { backoff, clock, onFailure: (_error, _failures, waitMs) => waits.push(waitMs) });
    for (const waitMs of [100, 200, 400, 800, 1_000, 1_000]) {
      await turn();
      clock.advance(waitMs - 1);
      await turn();
      expect(clock.sleepers).toBe(1);
      clock.advance(1);
    }
    expect(await done).toBe('fine');
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(work.calls).toBe(7);
  });

  test('gives up after the tries it was given, with the last failure', async () => {
    const work = failing(9);
    await expect(retry(work.attempt, { backoff: { ...backoff, firstMs: 0 }, attempts: 3 })).rejects.toThrow('failure 3');
  });

  test('ends with the reason of its signal, also while waiting', async () => {
    const clock = manualClock();
    const cancel = new AbortController();
    const done = retry(failing(9).attempt, { backoff, clock, signal: cancel.signal });
    const refused = expect(done).rejects.toThrow('enough');
    await turn();
    cancel.abort(new Error('enough'));
    await refused;
    expect(clock.sleepers).toBe(0);
  });

  test('jitter only shortens a wait, and never below its share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
        const waitMs = backoffMs({ ...backoff, jitter: 0.5 }, failures, chance);
        expect(waitMs).toBeLessThanOrEqual(1_000);
        expect(waitMs).toBeGreaterThanOrEqual(50);
      }),
    );
  });
});

describe('clocks', () => {
  test('a manual one wakes sleepers in the order of their times', async () => {
    const clock = manualClock(1_000);
    const woken: string[] = [];
    const sleep = (name: string, ms: number): Promise<void> => clock.sleep(ms).then(() => void woken.push(name));
    const all = [sleep('late', 30), sleep('early', 10), sleep('later', 31)];
    clock.advance(30);
    await Promise.all(all.slice(0, 2));
    expect([woken, clock.now(), clock.sleepers]).toEqual([['early', 'late'], 1_030, 1]);
  });

  test.each([
    ['the system’s', systemClock],
    ['a manual one', manualClock()],
  ])('%s stops sleeping for a signal, with its reason', async (_name, clock) => {
    const cancel = new AbortController();
    const sleeping = expect(clock.sleep(60_000, { signal: cancel.signal })).rejects.toThrow('enough');
    cancel.abort(new Error('enough'));
    await sleeping;
    await expect(clock.sleep(60_000, { signal: cancel.signal })).rejects.toThrow('enough');
  });
});
