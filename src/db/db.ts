// The database as everything above sees it: typed records by class and reference, transactions, generations, changes.
//
// The whole database is in memory; reads never wait. A write is a transaction: its function runs at once against the newest state
// (including transactions that are not yet durable), then the batch is made durable, then it becomes visible to reads, then
// subscribers hear of it, then the promise resolves. Records are frozen plain objects keyed by wire names (`name_label`);
// values are canonical: int and float are numbers, datetimes `YYYYMMDDTHH:MM:SSZ`, enums and references strings, sets arrays,
// maps plain objects. The many-side of a relation (`VM.VBDs`) is kept by the database itself, from the one-side.

import type { Ref } from '../lib/brand.ts';
import type { Json } from '../lib/json.ts';
import type { ClassName, RecordOf } from '../model/index.ts';

export interface Reader {
  get<C extends ClassName>(cls: C, ref: Ref<C>): RecordOf<C> | undefined;
  /** Throws XenError HANDLE_INVALID [class, ref]. */
  need<C extends ClassName>(cls: C, ref: Ref<C>): RecordOf<C>;
  all<C extends ClassName>(cls: C): IterableIterator<[Ref<C>, RecordOf<C>]>;
  count(cls: ClassName): number;
  byUuid<C extends ClassName>(cls: C, uuid: string): Ref<C> | undefined;
  byNameLabel<C extends ClassName>(cls: C, name: string): readonly Ref<C>[];
  /** Objects of `cls` whose reference field `field` (or set of a relation, such as `VM.groups`) points to `target`: an index lookup. */
  referrers<C extends ClassName>(cls: C, field: keyof RecordOf<C> & string, target: string): readonly Ref<C>[];
  /** A small private document: journals, settings. Persistent, never on the wire. */
  doc(namespace: string, key: string): Json | undefined;
  docs(namespace: string): IterableIterator<[string, Json]>;
}

export interface Tx extends Reader {
  /**
   * Adds an object; fields left out take the model's defaults; `uuid` is made if left out or empty. Derived sets in `fields` are
   * ignored. Errors: DB_UNIQUENESS_CONSTRAINT_VIOLATION for a uuid or reference in use, FIELD_TYPE_ERROR.
   */
  insert<C extends ClassName>(cls: C, fields: Partial<RecordOf<C>>, ref?: Ref<C>): Ref<C>;
  /** Errors: HANDLE_INVALID, FIELD_TYPE_ERROR; a patch of a derived set throws. What changes nothing is no change and no event. */
  update<C extends ClassName>(cls: C, ref: Ref<C>, patch: Partial<RecordOf<C>>): void;
  /** No such object is an error (HANDLE_INVALID). Other objects' references to it stay as they are. */
  delete<C extends ClassName>(cls: C, ref: Ref<C>): void;
  putDoc(namespace: string, key: string, value: Json): void;
  deleteDoc(namespace: string, key: string): void;
}

export type Change = {
  readonly cls: ClassName;
  readonly ref: Ref;
  readonly op: 'add' | 'mod' | 'del';
  /** After the change; for `del` the record as it was. */
  readonly record: Readonly<Record<string, unknown>>;
};

export interface ChangeBatch {
  /** Grows by one per visible batch; event tokens are made from it. */
  readonly generation: number;
  readonly changes: readonly Change[];
}

export interface Problem {
  readonly cls: ClassName;
  readonly ref: Ref;
  readonly field: string;
  /** The reference that points to nothing. */
  readonly target: string;
}

export interface Db extends Reader {
  readonly generation: number;
  /**
   * Runs `fn` (synchronous; a throw changes nothing and rejects) and resolves with its result once durable and visible.
   * Transactions that arrive while one is being written share the next write. When a write fails, all transactions in it and all
   * that were built on it reject with StoreError, and none of them happened.
   */
  transaction<T>(fn: (tx: Tx) => T): Promise<T>;
  subscribe(listener: (batch: ChangeBatch) => void): () => void;
  /** Objects changed after `generation`, coalesced to the newest state, oldest change first; and what was deleted since.
   *  Generation 0 is before everything: all objects as `add`. Undefined when the database no longer knows that far back, or was never there. */
  changesSince(generation: number, wants: (cls: ClassName, ref: string) => boolean): readonly Change[] | undefined;
  /** The generation of an object's last change. */
  generationOf(cls: ClassName, ref: string): number;
  /** Finds references that point to nothing. */
  check(): readonly Problem[];
  close(): Promise<void>;
}

/** What a store must do for the database above it; SQLite alone, a replicated log later. */
export interface Store {
  /** Everything that is stored, once, at start. */
  load(): Promise<{ readonly generation: number; readonly objects: Iterable<StoredObject>; readonly docs: Iterable<StoredDoc> }>;
  /** Resolves when the batch is durable; batches are applied in the order of calls. All or nothing. */
  append(batch: StoreBatch): Promise<void>;
  close(): Promise<void>;
}
export interface StoredObject {
  readonly cls: ClassName;
  readonly ref: Ref;
  readonly record: Readonly<Record<string, unknown>>;
}
export interface StoredDoc {
  readonly namespace: string;
  readonly key: string;
  readonly value: Json;
}
export interface StoreBatch {
  /** A bound: every generation that anybody has seen is at most this. The store keeps the last one given. */
  readonly generation: number;
  readonly puts: readonly StoredObject[];
  readonly deletes: readonly { readonly cls: ClassName; readonly ref: Ref }[];
  readonly docPuts: readonly StoredDoc[];
  readonly docDeletes: readonly { readonly namespace: string; readonly key: string }[];
}
