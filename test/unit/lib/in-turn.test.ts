import { expect, test } from '@jest/globals';
import { inTurn } from '../../../src/lib/in-turn.ts';

test('each item once, in order, and no more at once than was said', async () => {
  const begun: number[] = [];
  let [under, most] = [0, 0];
  await inTurn([3, 1, 2, 5, 4], 2, async (item, index) => {
    begun.push(item);
    expect(index).toBe(begun.length - 1);
    under += 1;
    most = Math.max(most, under);
    await Promise.resolve();
    under -= 1;
  });
  expect(begun).toEqual([3, 1, 2, 5, 4]);
  expect(most).toBe(2);
});

test('nothing to do is done at once; a failure is told', async () => {
  await inTurn([], 4, async () => Promise.reject(new Error('never')));
  await expect(inTurn([1, 2], 1, async item => Promise.reject(new Error(`no ${item}`)))).rejects.toThrow('no 1');
});

test('what the work gave is in the order of the items, whichever ended first', async () => {
  const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const doubled = inTurn([1, 2, 3], 3, async (item, index) => {
    await gates[index]?.promise;
    return item * 2;
  });
  for (const gate of gates.toReversed()) gate.resolve();
  expect(await doubled).toEqual([2, 4, 6]);
});
