import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLocks, LockQueueFullError } from '../../../src/lib/locks.ts';

describe('locks', () => {
  test('are granted in order of arrival, also over several keys', async () => {
    const locks = createLocks<string>();
    const order: string[] = [];
    const take = async (name: string, keys: readonly string[]): Promise<() => void> => {
      const release = await locks.acquire(keys, name);
      order.push(name);
      return release;
    };
    const releaseA = await take('a', ['x', 'y']);
    const b = take('b', ['y', 'z']);
    const c = take('c', ['z']);
    expect(locks.holder('x')).toBe('a');
    expect(locks.holder('z')).toBeUndefined();
    releaseA();
    const releaseB = await b;
    expect(order).toEqual(['a', 'b']);
    releaseB();
    releaseB();
    (await c)();
    expect(order).toEqual(['a', 'b', 'c']);
    expect([locks.holder('z'), locks.waiting]).toEqual([undefined, 0]);
  });

  test('who gives up waiting lets the next one through', async () => {
    const locks = createLocks<string>();
    await locks.acquire(['x'], 'a');
    const cancel = new AbortController();
    const b = locks.acquire(['x', 'y'], 'b', { signal: cancel.signal });
    const c = locks.acquire(['y'], 'c');
    cancel.abort(new Error('enough'));
    await expect(b).rejects.toThrow('enough');
    await c;
    expect(locks.holder('y')).toBe('c');
  });

  test('the queue is bounded', async () => {
    const locks = createLocks<string>({ maxWaiting: 1 });
    await locks.acquire(['x'], 'a');
    const waiting = locks.acquire(['x'], 'b');
    await expect(locks.acquire(['x'], 'c')).rejects.toThrow(LockQueueFullError);
    expect(locks.waiting).toBe(1);
    expect(waiting).toBeInstanceOf(Promise);
  });

  test('never overlap and never deadlock, whatever the keys', async () => {
    const keySets = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(keySets, fc.scheduler(), async (requests, scheduler) => {
        const locks = createLocks<number>();
        const held = new Set<string>();
        const work = requests.map(async (keys, index) => {
          const release = await locks.acquire(keys, index);
          for (const key of keys) {
            expect(held.has(key)).toBe(false);
            held.add(key);
          }
          await scheduler.schedule(Promise.resolve());
          for (const key of keys) held.delete(key);
          release();
        });
        await scheduler.waitFor(Promise.all(work));
        expect(locks.waiting).toBe(0);
      }),
    );
  });
});
