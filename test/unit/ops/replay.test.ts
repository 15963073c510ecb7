// The order in which a recorded pool goes into the database, so that sets come out as they were recorded.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openDb } from '../../../src/db/open.ts';
import { memoryStore } from '../../../src/db/stores/memory.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import type { Services } from '../../../src/ops/context.ts';
import { loadPool } from '../../../src/ops/replay/load.ts';
import { insertionOrder, type RecordedPool } from '../../../src/ops/replay/pool.ts';
import type { Ref } from '../../../src/lib/brand.ts';

const poolOf = (sets: Readonly<Record<string, readonly string[]>>): RecordedPool => {
  const vbds = Object.entries(sets).flatMap(([vm, refs]) => refs.map(ref => [ref, { uuid: ref, VM: vm }] as const));
  const vms = Object.entries(sets).map(([vm, VBDs]) => [vm, { uuid: vm, VBDs }] as const);
  return new Map([
    ['VM', new Map<string, object>(vms)],
    ['VBD', new Map<string, object>(vbds.toSorted(([a], [b]) => (a < b ? -1 : 1)))],
  ]) as RecordedPool;
};

test('sets keep the recorded order', async () => {
  const ids = fc.uniqueArray(
    fc.integer({ min: 0, max: 999 }).map(number => `OpaqueRef:${number}`),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(ids, async refs => {
      const recorded = { 'OpaqueRef:vm1': refs.slice(0, refs.length / 2), 'OpaqueRef:vm2': refs.slice(refs.length / 2) };
      const db = await openDb({ store: memoryStore() });
      await loadPool({ db, log: silentLogger } as Services, poolOf(recorded));
      for (const [vm, vbds] of Object.entries(recorded)) expect(db.need('VM', vm as Ref<'VM'>).VBDs).toEqual(vbds);
      await db.close();
    }),
  );
});

test('sets that contradict each other still bring every object, once', () => {
  const pool: RecordedPool = new Map([
    ['VM', new Map([['v', { VBDs: ['a', 'b'] }]])],
    ['VDI', new Map([['d', { VBDs: ['b', 'a'] }]])],
    [
      'VBD',
      new Map([
        ['a', {}],
        ['b', {}],
        ['c', {}],
      ]),
    ],
  ]);
  expect(insertionOrder(pool, 'VBD').toSorted()).toEqual(['a', 'b', 'c']);
});
