// The transactions that share one write, and what becomes of it: the batch for the store, then the changes that everybody hears of.

import type { ClassName } from '../model/index.ts';
import type { Change, StoreBatch, StoredDoc, StoredObject } from './db.ts';
import { Layer } from './layer.ts';
import { type AnyRecord, typedRef } from './records.ts';
import { type Schema, schemaOf } from './schema.ts';

export class Batch {
  readonly changes = new Layer({ isIndexed: false });
  readonly #settled = Promise.withResolvers<void>();
  transactions = 0;

  constructor() {
    // Each transaction awaits the same promise; a batch nobody awaits any more must not end the process.
    this.#settled.promise.catch(() => undefined);
  }

  get settled(): Promise<void> {
    return this.#settled.promise;
  }
  resolve(): void {
    this.#settled.resolve();
  }
  reject(error: unknown): void {
    this.#settled.reject(error);
  }
}

const storedPart = (schema: Schema, record: AnyRecord): AnyRecord => {
  const part: Record<string, unknown> = {};
  for (const name of schema.stored) part[name] = record[name];
  return part;
};

const storedDiffers = (schema: Schema, before: AnyRecord, after: AnyRecord): boolean =>
  schema.stored.some(name => before[name] !== after[name]);

/** What has to reach the store, seen from the durable state; undefined when nothing has. */
export const storeBatch = (changes: Layer, durable: Layer, generation: number): StoreBatch | undefined => {
  const puts: StoredObject[] = [];
  const deletes: { cls: ClassName; ref: StoredObject['ref'] }[] = [];
  for (const [cls, { records }] of changes.tables) {
    const schema = schemaOf(cls);
    if (!schema.isDurable) continue;
    for (const [ref, after] of records) {
      const before = durable.tables.get(cls)?.records.get(ref);
      if (after && (!before || storedDiffers(schema, before, after)))
        puts.push({ cls, ref: typedRef(ref), record: storedPart(schema, after) });
      else if (!after && before) deletes.push({ cls, ref: typedRef(ref) });
    }
  }
  const docs = [...changes.docs].flatMap(([namespace, held]) => [...held].map(([key, value]) => ({ namespace, key, value })));
  const docPuts: StoredDoc[] = docs.flatMap(({ namespace, key, value }) => (value === undefined ? [] : [{ namespace, key, value }]));
  const docDeletes = docs.filter(({ value }) => value === undefined).map(({ namespace, key }) => ({ namespace, key }));
  if (puts.length + deletes.length + docs.length === 0) return undefined;
  return { generation, puts, deletes, docPuts, docDeletes };
};

/** Puts the batch into the durable state and tells what changed there; what came and went within the batch is not told. */
export const applyBatch = (changes: Layer, durable: Layer): readonly Change[] => {
  const told: Change[] = [];
  for (const [cls, { records }] of changes.tables) {
    const table = durable.table(cls);
    for (const [ref, after] of records) {
      const before = table.records.get(ref);
      if (after) {
        table.set(ref, after);
        told.push({ cls, ref: typedRef(ref), op: before ? 'mod' : 'add', record: after });
      } else if (before) {
        table.forget(ref);
        told.push({ cls, ref: typedRef(ref), op: 'del', record: before });
      }
    }
  }
  for (const [namespace, docs] of changes.docs) {
    for (const [key, value] of docs) {
      if (value === undefined) durable.docs.get(namespace)?.delete(key);
      else durable.setDoc(namespace, key, value);
    }
  }
  return told;
};

/** Takes out of `pending` what `applied` brought and no later transaction has changed again. */
export const settlePending = (pending: Layer, applied: Layer): void => {
  for (const [cls, { records }] of applied.tables) {
    const table = pending.tables.get(cls);
    for (const [ref, record] of records) if (table?.records.get(ref) === record) table?.forget(ref);
  }
  for (const [namespace, docs] of applied.docs) {
    const held = pending.docs.get(namespace);
    for (const [key, value] of docs) if (held?.get(key) === value) held?.delete(key);
  }
};
