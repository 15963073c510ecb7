// The database against the simplest thing that could be right: maps of records, relations looked up by going through them all.
// Commands come in any order, transactions overlap, writes fail, and the database is closed and opened again.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChangeBatch, Db, Store } from '../../src/db/db.ts';
import { openDb } from '../../src/db/open.ts';
import { memoryStore } from '../../src/db/stores/memory.ts';
import { isNullRef, nullRef, type Ref } from '../../src/lib/brand.ts';

type VmRef = Ref<'VM'>;
type VbdRef = Ref<'VBD'>;
const VMS = ['a', 'b', 'c'].map(name => `OpaqueRef:vm-${name}` as VmRef);
const VBDS = ['1', '2', '3', '4'].map(name => `OpaqueRef:vbd-${name}` as VbdRef);
const NAMES = ['', 'web', 'mail'];

interface Model {
  readonly vms: Map<string, string>;
  /** VBD → VM. */
  readonly vbds: Map<string, VmRef>;
}

type Action =
  | { readonly kind: 'putVm'; readonly vm: VmRef; readonly name: string }
  | { readonly kind: 'putVbd'; readonly vbd: VbdRef; readonly vm: VmRef }
  | { readonly kind: 'dropVm'; readonly vm: VmRef }
  | { readonly kind: 'dropVbd'; readonly vbd: VbdRef };
type Command =
  | { readonly kind: 'write'; readonly actions: readonly Action[]; readonly throws: boolean }
  | { readonly kind: 'settle' | 'failNext' | 'reopen' };

const vm = fc.constantFrom(...VMS);
const vbd = fc.constantFrom(...VBDS);
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('putVm' as const), vm, name: fc.constantFrom(...NAMES) }),
  fc.record({ kind: fc.constant('putVbd' as const), vbd, vm: fc.oneof(vm, fc.constant(nullRef<'VM'>())) }),
  fc.record({ kind: fc.constant('dropVm' as const), vm }),
  fc.record({ kind: fc.constant('dropVbd' as const), vbd }),
);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      actions: fc.array(action, { maxLength: 4 }),
      throws: fc.constant(false),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('write' as const), actions: fc.array(action), throws: fc.constant(true) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('settle' as const, 'failNext' as const, 'reopen' as const) }) },
);

const applyToModel = ({ vms, vbds }: Model, one: Action): void => {
  switch (one.kind) {
    case 'putVm':
      vms.set(one.vm, one.name);
      break;
    case 'putVbd':
      vbds.set(one.vbd, one.vm);
      break;
    case 'dropVm':
      vms.delete(one.vm);
      break;
    case 'dropVbd':
      vbds.delete(one.vbd);
      break;
    default:
      one satisfies never;
  }
};

type Writer = Parameters<Parameters<Db['transaction']>[0]>[0];
const applyToDb = (tx: Writer, one: Action): void => {
  switch (one.kind) {
    case 'putVm':
      if (tx.get('VM', one.vm)) tx.update('VM', one.vm, { name_label: one.name });
      else tx.insert('VM', { name_label: one.name }, one.vm);
      break;
    case 'putVbd':
      if (tx.get('VBD', one.vbd)) tx.update('VBD', one.vbd, { VM: one.vm });
      else tx.insert('VBD', { VM: one.vm }, one.vbd);
      break;
    case 'dropVm':
      if (tx.get('VM', one.vm)) tx.delete('VM', one.vm);
      break;
    case 'dropVbd':
      if (tx.get('VBD', one.vbd)) tx.delete('VBD', one.vbd);
      break;
    default:
      one satisfies never;
  }
};

const copyOf = ({ vms, vbds }: Model): Model => ({ vms: new Map(vms), vbds: new Map(vbds) });

const expectEqual = (db: Pick<Db, 'all' | 'count' | 'byNameLabel' | 'referrers'>, { vms, vbds }: Model): void => {
  expect(new Map([...db.all('VM')].map(([ref, record]) => [ref, record.name_label]))).toEqual(vms);
  expect(new Map([...db.all('VBD')].map(([ref, record]) => [ref, record.VM]))).toEqual(vbds);
  expect([db.count('VM'), db.count('VBD')]).toEqual([vms.size, vbds.size]);
  for (const name of NAMES) {
    const named = [...vms].filter(([, label]) => label === name).map(([ref]) => ref);
    expect([...db.byNameLabel('VM', name)].sort()).toEqual(named.sort());
  }
  for (const target of VMS) {
    const referring = [...vbds].filter(([, to]) => to === target).map(([ref]) => ref);
    expect([...db.referrers('VBD', 'VM', target)].sort()).toEqual(referring.sort());
  }
  for (const [ref, record] of db.all('VM')) expect([...record.VBDs].sort()).toEqual([...db.referrers('VBD', 'VM', ref)].sort());
};

/** What a client of events has: told by batches alone, it must come out at the durable state. */
const follower = () => {
  const objects = new Map<string, unknown>();
  return {
    objects,
    hear({ changes }: ChangeBatch): void {
      for (const { ref, op, record } of changes) {
        expect(objects.has(ref)).toBe(op !== 'add');
        if (op === 'del') objects.delete(ref);
        else objects.set(ref, record);
      }
    },
  };
};

interface Breakable {
  readonly store: Store;
  failNext: boolean;
}
const breakable = (): Breakable => {
  const inner = memoryStore();
  const append: Store['append'] = async batch => {
    await new Promise(resolve => setImmediate(resolve));
    if (!state.failNext) return await inner.append(batch);
    state.failNext = false;
    throw new Error('disk full');
  };
  const state: Breakable = { failNext: false, store: { ...inner, append } };
  return state;
};

test('a database behaves as maps do, whatever is thrown at it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 25 }), async commands => {
      const state = breakable();
      let db = await openDb({ store: state.store });
      let client = follower();
      db.subscribe(batch => client.hear(batch));
      /** After each transaction, if it and all before it in its write succeed. */
      let newest: Model = { vms: new Map(), vbds: new Map() };
      let durable = newest;
      let token = db.generation;
      let waiting: Promise<void>[] = [];
      const settle = async (): Promise<void> => {
        await Promise.all(waiting);
        waiting = [];
        newest = durable;
        expectEqual(db, durable);
        expect(new Map<string, unknown>([...db.all('VM'), ...db.all('VBD')])).toEqual(client.objects);
      };
      for (const one of commands) {
        switch (one.kind) {
          case 'write': {
            const expected = copyOf(newest);
            let after: Model | undefined;
            const written = db.transaction(tx => {
              expectEqual(tx, expected);
              for (const each of one.actions) {
                applyToDb(tx, each);
                applyToModel(expected, each);
                expectEqual(tx, expected);
              }
              if (one.throws) throw new Error('precondition');
              after = expected;
            });
            if (after) newest = after;
            const reached = newest;
            waiting.push(
              written.then(
                () => {
                  durable = reached;
                },
                (error: Error) => expect(error.message).toMatch(/precondition|could not be written/),
              ),
            );
            break;
          }
          case 'failNext':
            await settle();
            state.failNext = true;
            break;
          case 'settle':
            await settle();
            break;
          case 'reopen':
            await settle();
            await db.close();
            db = await openDb({ store: { ...state.store, append: batch => memoryAppend(state, batch) } });
            client = follower();
            for (const cls of ['VM', 'VBD'] as const) for (const [ref, record] of db.all(cls)) client.objects.set(ref, record);
            db.subscribe(batch => client.hear(batch));
            expect(db.generation).toBeGreaterThan(token);
            token = db.generation;
            break;
          default:
            one satisfies never;
        }
      }
      await settle();
      expectChangesSince(db, token);
      for (const { target } of db.check()) expect(isNullRef(target) || durable.vms.has(target)).toBe(false);
      await db.close();
    }),
    { numRuns: 300 },
  );
});

/** Opening writes, too; a test that breaks the next write means one of a transaction. */
const memoryAppend = async (state: Breakable, batch: Parameters<Store['append']>[0]): Promise<void> => {
  if (batch.puts.length + batch.deletes.length > 0) return await state.store.append(batch);
  const { failNext } = state;
  state.failNext = false;
  await state.store.append(batch);
  state.failNext = failNext;
};

const expectChangesSince = (db: Db, token: number): void => {
  const all = db.changesSince(0, () => true) ?? [];
  expect(all.every(({ op }) => op === 'add')).toBe(true);
  expect(new Set(all.map(({ ref }) => ref))).toEqual(new Set([...db.all('VM'), ...db.all('VBD')].map(([ref]) => ref)));
  const since = db.changesSince(token, () => true) ?? [];
  const generations = since.filter(({ op }) => op !== 'del').map(({ cls, ref }) => db.generationOf(cls, ref));
  expect(generations).toEqual(generations.toSorted((a, b) => a - b));
};
