// Objects and documents with their indexes. The durable state is one layer; transactions that are not yet durable are another above
// it; the transaction that runs is a third. In an upper layer `undefined` says that the object is gone, and what it holds hides
// what is below. Readers (reader.ts) look through a stack of layers.

import type { Json } from '../lib/json.ts';
import type { ClassName } from '../model/index.ts';
import { IndexMap } from './index-map.ts';
import type { AnyRecord } from './records.ts';
import { indexKeys, type Schema, schemaOf } from './schema.ts';

const NONE: Iterable<string> = [];

export class Table {
  readonly records = new Map<string, AnyRecord | undefined>();
  readonly #schema: Schema;
  readonly #indexes: ReadonlyMap<string, IndexMap>;

  constructor(schema: Schema, isIndexed: boolean) {
    this.#schema = schema;
    this.#indexes = new Map(isIndexed ? schema.indexed.map(field => [field, new IndexMap()]) : []);
  }

  /** `undefined` marks the object as gone. */
  set(ref: string, record: AnyRecord | undefined): void {
    this.#reindex(ref, this.records.get(ref), record);
    this.records.set(ref, record);
  }

  /** As if this layer had never heard of the object. */
  forget(ref: string): void {
    this.#reindex(ref, this.records.get(ref), undefined);
    this.records.delete(ref);
  }

  lookup(field: string, value: string): Iterable<string> {
    const index = this.#indexes.get(field);
    if (!index) throw new Error(`${this.#schema.cls}.${field} is not indexed`);
    return index.get(value);
  }

  #reindex(ref: string, before: AnyRecord | undefined, after: AnyRecord | undefined): void {
    for (const [field, index] of this.#indexes) {
      if (before && after && before[field] === after[field]) continue;
      if (before) for (const key of indexKeys(before, field)) index.delete(key, ref);
      if (after) for (const key of indexKeys(after, field)) index.add(key, ref);
    }
  }
}

export class Layer {
  readonly tables = new Map<ClassName, Table>();
  readonly docs = new Map<string, Map<string, Json | undefined>>();
  readonly #isIndexed: boolean;

  /** Without indexes nothing can be looked up in it: for what is only gone through. */
  constructor({ isIndexed = true }: { readonly isIndexed?: boolean } = {}) {
    this.#isIndexed = isIndexed;
  }

  table(cls: ClassName): Table {
    const known = this.tables.get(cls);
    if (known) return known;
    const table = new Table(schemaOf(cls), this.#isIndexed);
    this.tables.set(cls, table);
    return table;
  }

  lookup(cls: ClassName, field: string, value: string): Iterable<string> {
    return this.tables.get(cls)?.lookup(field, value) ?? NONE;
  }

  /** `undefined` marks the document as gone. */
  setDoc(namespace: string, key: string, value: Json | undefined): void {
    const held = this.docs.get(namespace);
    if (held) held.set(key, value);
    else this.docs.set(namespace, new Map([[key, value]]));
  }

  get isEmpty(): boolean {
    return this.tables.size === 0 && this.docs.size === 0;
  }

  /** Everything of `upper` over what is here. */
  absorb(upper: Layer): void {
    for (const [cls, { records }] of upper.tables) {
      const table = this.table(cls);
      for (const [ref, record] of records) table.set(ref, record);
    }
    for (const [namespace, docs] of upper.docs) for (const [key, value] of docs) this.setDoc(namespace, key, value);
  }
}
