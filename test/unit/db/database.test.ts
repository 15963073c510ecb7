import { describe, expect, test } from '@jest/globals';
import type { ChangeBatch, Store, StoreBatch } from '../../../src/db/db.ts';
import { openDb } from '../../../src/db/open.ts';
import { StoreError } from '../../../src/db/store-error.ts';
import { memoryStore } from '../../../src/db/stores/memory.ts';
import { nullRef, type Ref } from '../../../src/lib/brand.ts';

const ref = <C extends string>(text: string): Ref<C> => text as Ref<C>;

/** A store whose writes wait until the test lets them go, one after another. */
const gatedStore = () => {
  const inner = memoryStore();
  const appended: StoreBatch[] = [];
  const gates: { open: () => void; fail: (error: Error) => void }[] = [];
  let isGated = false;
  const store: Store = {
    ...inner,
    async append(batch) {
      if (isGated) await new Promise<void>((open, fail) => gates.push({ open, fail }));
      appended.push(batch);
      await inner.append(batch);
    },
  };
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  return {
    store,
    appended,
    gate: () => {
      isGated = true;
    },
    async open() {
      gates.shift()?.open();
      await turn();
    },
    async fail() {
      gates.shift()?.fail(new Error('disk full'));
      await turn();
    },
    turn,
  };
};

describe('objects', () => {
  test('take the defaults of their class and a uuid of their own', async () => {
    const db = await openDb({ store: memoryStore() });
    const vm = await db.transaction(tx => tx.insert('VM', { name_label: 'web' }));
    const record = db.need('VM', vm);
    expect(record).toMatchObject({ name_label: 'web', power_state: 'Halted', VBDs: [], other_config: {}, resident_on: nullRef() });
    expect(db.byUuid('VM', record.uuid)).toBe(vm);
    expect(db.byNameLabel('VM', 'web')).toEqual([vm]);
    expect([db.count('VM'), db.get('VM', ref('OpaqueRef:none'))]).toEqual([1, undefined]);
    expect(() => db.need('VM', ref('OpaqueRef:none'))).toThrow('HANDLE_INVALID: VM, OpaqueRef:none');
  });

  test('are frozen, and cut off from what the caller gave', async () => {
    const db = await openDb({ store: memoryStore() });
    const other_config = { a: '1' };
    const vm = await db.transaction(tx => tx.insert('VM', { other_config }));
    other_config.a = '2';
    expect(db.need('VM', vm).other_config).toEqual({ a: '1' });
    expect(Object.isFrozen(db.need('VM', vm)) && Object.isFrozen(db.need('VM', vm).other_config)).toBe(true);
  });

  test('are refused with a wrong type, an unknown field, or a uuid that is taken', async () => {
    const db = await openDb({ store: memoryStore() });
    const vm = await db.transaction(tx => tx.insert('VM', { name_label: 'web' }));
    const wrong: Record<string, unknown> = { memory_target: 'much' };
    await expect(db.transaction(tx => tx.update('VM', vm, wrong))).rejects.toMatchObject({ code: 'FIELD_TYPE_ERROR' });
    const unknown: Record<string, unknown> = { colour: 'red' };
    await expect(db.transaction(tx => tx.insert('VM', unknown))).rejects.toThrow('class VM has no field colour');
    const { uuid } = db.need('VM', vm);
    await expect(db.transaction(tx => tx.insert('VM', { uuid }))).rejects.toMatchObject({ code: 'DB_UNIQUENESS_CONSTRAINT_VIOLATION' });
    expect(db.count('VM')).toBe(1);
  });

  test('of classes that are never in the database are refused', async () => {
    const db = await openDb({ store: memoryStore() });
    await expect(db.transaction(tx => tx.insert('event', {}))).rejects.toThrow('class event are not kept');
  });
});

describe('relations', () => {
  test('keep the set of the other object, as a change of that object', async () => {
    const db = await openDb({ store: memoryStore() });
    const [one, two] = await db.transaction(tx => [tx.insert('VM', {}), tx.insert('VM', {})] as const);
    const vbd = await db.transaction(tx => tx.insert('VBD', { VM: one }));
    expect(db.need('VM', one).VBDs).toEqual([vbd]);
    const heard: ChangeBatch[] = [];
    db.subscribe(batch => heard.push(batch));
    await db.transaction(tx => tx.update('VBD', vbd, { VM: two }));
    expect([db.need('VM', one).VBDs, db.need('VM', two).VBDs]).toEqual([[], [vbd]]);
    expect(heard.flatMap(({ changes }) => changes.map(({ cls, op }) => `${op} ${cls}`)).sort()).toEqual(['mod VBD', 'mod VM', 'mod VM']);
    await db.transaction(tx => tx.delete('VBD', vbd));
    expect(db.need('VM', two).VBDs).toEqual([]);
    expect(db.referrers('VBD', 'VM', two)).toEqual([]);
  });

  test('hold when the target comes after who refers to it, and within one transaction', async () => {
    const db = await openDb({ store: memoryStore() });
    const vm = ref<'VM'>('OpaqueRef:late');
    const vbd = await db.transaction(tx => tx.insert('VBD', { VM: vm }));
    expect(db.check()).toEqual([{ cls: 'VBD', ref: vbd, field: 'VM', target: vm }]);
    await db.transaction(tx => {
      tx.insert('VM', {}, vm);
      expect(tx.need('VM', vm).VBDs).toEqual([vbd]);
    });
    expect([db.need('VM', vm).VBDs, db.check()]).toEqual([[vbd], []]);
  });

  test('from many to many follow the side that is written', async () => {
    const db = await openDb({ store: memoryStore() });
    const [group, vm] = await db.transaction(tx => {
      const made = tx.insert('VM_group', {});
      return [made, tx.insert('VM', { groups: [made] })] as const;
    });
    expect(db.need('VM_group', group).VMs).toEqual([vm]);
    await db.transaction(tx => tx.update('VM', vm, { groups: [] }));
    expect(db.need('VM_group', group).VMs).toEqual([]);
  });

  test('cannot be written from the wrong side, and a copied record does not bring them along', async () => {
    const db = await openDb({ store: memoryStore() });
    const vm = await db.transaction(tx => tx.insert('VM', {}));
    const vbd = await db.transaction(tx => tx.insert('VBD', { VM: vm }));
    await expect(db.transaction(tx => tx.update('VM', vm, { VBDs: [] }))).rejects.toThrow('VM.VBDs follows from VBD.VM');
    const copy = await db.transaction(tx => tx.insert('VM', { ...tx.need('VM', vm), uuid: '' }));
    expect([db.need('VM', copy).VBDs, db.need('VM', vm).VBDs]).toEqual([[], [vbd]]);
  });
});

describe('transactions', () => {
  test('see what is pending, while reads see what is durable', async () => {
    const gated = gatedStore();
    const db = await openDb({ store: gated.store });
    gated.gate();
    const inserted = db.transaction(tx => tx.insert('VM', { name_label: 'a' }));
    await gated.turn();
    const seen = db.transaction(tx => {
      const [found] = tx.byNameLabel('VM', 'a');
      if (found) tx.update('VM', found, { name_label: 'b' });
      return [tx.byNameLabel('VM', 'a').length, tx.byNameLabel('VM', 'b').length, tx.count('VM')];
    });
    expect([db.count('VM'), db.byNameLabel('VM', 'a').length]).toEqual([0, 0]);
    await gated.open();
    const vm = await inserted;
    expect(db.need('VM', vm).name_label).toBe('a');
    await gated.open();
    expect(await seen).toEqual([0, 1, 1]);
    expect([db.need('VM', vm).name_label, db.byNameLabel('VM', 'a')]).toEqual(['b', []]);
  });

  test('that arrive during a write share the next one', async () => {
    const gated = gatedStore();
    const db = await openDb({ store: gated.store });
    gated.gate();
    const before = gated.appended.length;
    const first = db.transaction(tx => tx.insert('VM', {}));
    await gated.turn();
    const more = Array.from({ length: 20 }, () => db.transaction(tx => tx.insert('VM', {})));
    await gated.open();
    await first;
    await gated.open();
    await Promise.all(more);
    expect(gated.appended.slice(before).map(({ puts }) => puts.length)).toEqual([1, 20]);
    expect(db.count('VM')).toBe(21);
  });

  test('of a failed write are rejected with all that was built on them, and later ones work', async () => {
    const gated = gatedStore();
    const db = await openDb({ store: gated.store });
    const vm = await db.transaction(tx => tx.insert('VM', { name_label: 'a' }));
    const heard: ChangeBatch[] = [];
    db.subscribe(batch => heard.push(batch));
    gated.gate();
    const first = db.transaction(tx => tx.update('VM', vm, { name_label: 'b' }));
    const reading = db.transaction(tx => tx.need('VM', vm).name_label);
    await gated.turn();
    const stacked = db.transaction(tx => tx.update('VM', vm, { name_description: tx.need('VM', vm).name_label }));
    const outcomes = Promise.allSettled([first, reading, stacked]);
    await gated.fail();
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreError) });
    expect([db.need('VM', vm).name_label, heard.length]).toEqual(['a', 0]);
    const later = db.transaction(tx => {
      const seen = tx.need('VM', vm).name_label;
      tx.update('VM', vm, { name_label: 'c' });
      return seen;
    });
    await gated.turn();
    await gated.open();
    expect(await later).toBe('a');
    expect(db.need('VM', vm).name_label).toBe('c');
  });

  test('that throw change nothing; a handle that is kept is dead', async () => {
    const db = await openDb({ store: memoryStore() });
    await expect(
      db.transaction(tx => {
        tx.insert('VM', {});
        throw new Error('precondition');
      }),
    ).rejects.toThrow('precondition');
    expect(db.count('VM')).toBe(0);
    const kept = await db.transaction(tx => tx);
    expect(() => kept.insert('VM', {})).toThrow('the transaction is over');
    await expect(db.transaction(async () => 1)).rejects.toThrow('must not be asynchronous');
  });

  test('that come and go in one write are never heard of', async () => {
    const db = await openDb({ store: memoryStore() });
    const heard: ChangeBatch[] = [];
    db.subscribe(batch => heard.push(batch));
    const made = db.transaction(tx => tx.insert('VM', {}, ref('OpaqueRef:brief')));
    const gone = db.transaction(tx => tx.delete('VM', ref('OpaqueRef:brief')));
    await Promise.all([made, gone]);
    expect(heard).toEqual([]);
  });

  test('wait in a bounded queue', async () => {
    const gated = gatedStore();
    const db = await openDb({ store: gated.store, maxPending: 2 });
    gated.gate();
    const first = db.transaction(tx => tx.insert('VM', {}));
    await gated.turn();
    const waiting = [db.transaction(tx => tx.insert('VM', {})), db.transaction(tx => tx.insert('VM', {}))];
    await expect(db.transaction(tx => tx.insert('VM', {}))).rejects.toThrow('too many changes');
    await gated.open();
    await gated.open();
    await Promise.all([first, ...waiting]);
    expect(db.count('VM')).toBe(3);
  });

  test('are refused after close, which waits for those before', async () => {
    const db = await openDb({ store: memoryStore() });
    const made = db.transaction(tx => tx.insert('VM', {}));
    await db.close();
    expect(db.count('VM')).toBe(1);
    await made;
    await expect(db.transaction(() => 1)).rejects.toThrow('closed');
  });
});

describe('what is stored', () => {
  test('is what the model calls durable; the rest begins anew', async () => {
    const gated = gatedStore();
    const db = await openDb({ store: gated.store });
    const vm = await db.transaction(tx => {
      const made = tx.insert('VM', { name_label: 'web', allowed_operations: ['start'] });
      tx.insert('VBD', { VM: made });
      tx.insert('task', { name_label: 'fleeting' });
      tx.putDoc('settings', 'a', { deep: [1, 'two'] });
      return made;
    });
    const written = gated.appended.length;
    await db.transaction(tx => tx.update('VM', vm, { allowed_operations: [] }));
    expect(gated.appended.length).toBe(written);
    await db.close();
    const again = await openDb({ store: gated.store });
    expect(again.need('VM', vm)).toMatchObject({ name_label: 'web', allowed_operations: [] });
    expect(again.need('VM', vm).VBDs).toHaveLength(1);
    expect([again.count('task'), again.doc('settings', 'a')]).toEqual([0, { deep: [1, 'two'] }]);
  });

  test('survives a model that knows fewer fields, classes and values', async () => {
    const store = memoryStore();
    const old: Record<string, unknown> = { uuid: 'u', name_label: 'web', colour: 'red', power_state: 'Dreaming' };
    await store.append({
      generation: 7,
      puts: [{ cls: 'VM', ref: ref('OpaqueRef:old'), record: old }],
      deletes: [],
      docPuts: [],
      docDeletes: [],
    });
    const db = await openDb({ store });
    const record = db.need('VM', ref('OpaqueRef:old'));
    expect(record).toMatchObject({ uuid: 'u', name_label: 'web', power_state: 'Halted' });
    expect(Object.keys(record)).not.toContain('colour');
  });

  test('has no generation that an earlier life gave out', async () => {
    const store = memoryStore();
    const first = await openDb({ store });
    await first.transaction(tx => tx.insert('task', {}));
    const token = first.generation;
    await first.close();
    const second = await openDb({ store });
    expect(second.generation).toBeGreaterThan(token);
    expect(second.changesSince(token, () => true)).toBeUndefined();
  });
});

describe('changes since a generation', () => {
  test('are coalesced, oldest change first, with deletions, and filtered', async () => {
    const db = await openDb({ store: memoryStore() });
    const [a, b, c] = await db.transaction(tx => [tx.insert('VM', {}), tx.insert('VM', {}), tx.insert('SR', {})] as const);
    const token = db.generation;
    const d = await db.transaction(tx => tx.insert('VM', {}));
    await db.transaction(tx => tx.update('VM', a, { name_label: 'one' }));
    await db.transaction(tx => tx.delete('SR', c));
    await db.transaction(tx => tx.update('VM', a, { name_label: 'two' }));
    const brief = await db.transaction(tx => tx.insert('VM', {}));
    await db.transaction(tx => tx.delete('VM', brief));
    const changes = db.changesSince(token, () => true) ?? [];
    expect(changes.map(({ ref: of, op }) => [op, of])).toEqual([
      ['add', d],
      ['del', c],
      ['mod', a],
    ]);
    expect(changes.at(-1)?.record['name_label']).toBe('two');
    expect(db.changesSince(token, cls => cls === 'SR')?.map(({ op }) => op)).toEqual(['del']);
    expect(db.changesSince(0, () => true)?.map(({ op, ref: of }) => [op, of])).toEqual([
      ['add', b],
      ['add', d],
      ['add', a],
    ]);
    expect([db.generationOf('VM', b), db.generationOf('VM', a) > token, db.generationOf('SR', c)]).toEqual([token, true, 0]);
    expect(db.changesSince(db.generation, () => true)).toEqual([]);
    expect(db.changesSince(db.generation + 1, () => true)).toBeUndefined();
  });

  test('are unknown once too much was deleted', async () => {
    const db = await openDb({ store: memoryStore(), maxTombstones: 2 });
    const vms = await db.transaction(tx => Array.from({ length: 4 }, () => tx.insert('VM', {})));
    const tokens: number[] = [];
    for (const vm of vms) {
      tokens.push(db.generation);
      await db.transaction(tx => tx.delete('VM', vm));
    }
    expect(tokens.map(token => db.changesSince(token, () => true)?.length)).toEqual([undefined, undefined, 2, 1]);
  });

  test('a listener that fails hurts nobody', async () => {
    const db = await openDb({ store: memoryStore() });
    const heard: number[] = [];
    db.subscribe(() => {
      throw new Error('listener');
    });
    const stop = db.subscribe(({ generation }) => heard.push(generation));
    await db.transaction(tx => tx.insert('VM', {}));
    stop();
    await db.transaction(tx => tx.insert('VM', {}));
    expect(heard).toHaveLength(1);
  });
});
