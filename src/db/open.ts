// The database: durable state in memory, transactions that share writes, and who is told of them.
//
//   transaction ─fn sees newest─→ pending ─gathered─→ batch ─store.append─→ durable ─→ subscribers ─→ resolved
//                                    └──────── a failed write drops all that is pending and rejects it ────────┘
//
// Invariants: reads see durable state only; one write is under way at a time; a batch is built on the durable state it is applied to;
// generations grow over restarts too, since the store holds a bound that none of this life will pass without raising it first.

import { type Logger, silentLogger } from '../lib/logger.ts';
import type { ClassName } from '../model/index.ts';
import { applyBatch, Batch, settlePending, storeBatch } from './batch.ts';
import type { Change, ChangeBatch, Db, Problem, Store, StoreBatch, Tx } from './db.ts';
import { History } from './history.ts';
import { danglingReferences } from './integrity.ts';
import { Layer } from './layer.ts';
import { loadState } from './load.ts';
import { LayeredReader } from './reader.ts';
import { StoreError } from './store-error.ts';
import { Transaction } from './transaction.ts';

/** Generations reserved at a time, so that their bound is written rarely. */
const GENERATIONS_PER_RESERVATION = 1_000_000;

export interface OpenDbOptions {
  readonly store: Store;
  readonly log?: Logger;
  /** Transactions that may wait for a write at once; more are refused. */
  readonly maxPending?: number;
  /** Deletions that `changesSince` remembers. */
  readonly maxTombstones?: number;
}

/** Rejects with StoreError when the store cannot be read. The store belongs to the database from here on. */
export const openDb = async (options: OpenDbOptions): Promise<Db> => {
  const { store, log = silentLogger } = options;
  try {
    const { durable, generation: bound } = await loadState(store, log);
    const reservedUpTo = bound + GENERATIONS_PER_RESERVATION;
    await store.append(emptyBatch(reservedUpTo));
    return new Database(durable, bound + 1, reservedUpTo, log, options);
  } catch (error) {
    await store.close();
    throw error;
  }
};

const emptyBatch = (generation: number): StoreBatch => ({ generation, puts: [], deletes: [], docPuts: [], docDeletes: [] });

class Database extends LayeredReader implements Db {
  readonly #durable: Layer;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #maxPending: number;
  readonly #history: History;
  readonly #listeners = new Set<(batch: ChangeBatch) => void>();
  #pending = new Layer();
  #gathering: Batch | undefined;
  #writing: Batch | undefined;
  #pump: Promise<void> | undefined;
  #generation: number;
  #reservedUpTo: number;
  #isClosed = false;

  constructor(durable: Layer, generation: number, reservedUpTo: number, log: Logger, options: OpenDbOptions) {
    super([durable]);
    this.#durable = durable;
    this.#store = options.store;
    this.#log = log;
    this.#maxPending = options.maxPending ?? 10_000;
    this.#generation = generation;
    this.#reservedUpTo = reservedUpTo;
    this.#history = new History(generation, options.maxTombstones === undefined ? {} : { maxTombstones: options.maxTombstones });
    for (const [cls, { records }] of durable.tables) for (const ref of records.keys()) this.#history.changed(cls, ref, generation);
  }

  get generation(): number {
    return this.#generation;
  }

  async transaction<T>(fn: (tx: Tx) => T): Promise<T> {
    if (this.#isClosed) throw new StoreError('closed', 'the database is closed');
    if ((this.#gathering?.transactions ?? 0) >= this.#maxPending) throw new StoreError('write', 'too many changes wait to be written');
    const tx = new Transaction([this.#pending, this.#durable]);
    let result: T;
    try {
      result = fn(tx);
    } finally {
      tx.end();
    }
    if (result instanceof Promise) throw new TypeError('the function of a transaction must not be asynchronous');
    // One that only read waits as well: it may have seen what is not yet durable.
    const batch = tx.changes.isEmpty ? (this.#gathering ?? this.#writing) : this.#gather(tx.changes);
    if (batch) await batch.settled;
    return result;
  }

  subscribe(listener: (batch: ChangeBatch) => void): () => void {
    const own = (batch: ChangeBatch): void => listener(batch);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  changesSince(generation: number, wants: (cls: ClassName, ref: string) => boolean): readonly Change[] | undefined {
    if (generation > this.#generation) return undefined;
    return this.#history.since(generation, wants, (cls, ref) => this.find(cls, ref));
  }

  generationOf(cls: ClassName, ref: string): number {
    return this.#history.generationOf(cls, ref);
  }

  check(): readonly Problem[] {
    return danglingReferences(this);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#pump;
    await this.#store.close();
  }

  #gather(changes: Layer): Batch {
    const batch = this.#gathering ?? new Batch();
    this.#gathering = batch;
    batch.transactions += 1;
    batch.changes.absorb(changes);
    // Its layer is nobody else's any more, and has its indexes already.
    if (this.#pending.isEmpty) this.#pending = changes;
    else this.#pending.absorb(changes);
    this.#pump ??= this.#writeAll();
    return batch;
  }

  async #writeAll(): Promise<void> {
    // What comes in the same turn of the event loop shares the first write.
    await Promise.resolve();
    for (let batch = this.#gathering; batch; batch = this.#gathering) {
      this.#gathering = undefined;
      this.#writing = batch;
      try {
        await this.#write(batch);
        batch.resolve();
      } catch (error) {
        this.#rollBack(batch, error);
      }
      this.#writing = undefined;
    }
    this.#pump = undefined;
  }

  async #write(batch: Batch): Promise<void> {
    const generation = this.#generation + 1;
    const isShort = generation >= this.#reservedUpTo;
    const reservedUpTo = isShort ? generation + GENERATIONS_PER_RESERVATION : this.#reservedUpTo;
    const stored = storeBatch(batch.changes, this.#durable, reservedUpTo);
    if (stored) await this.#store.append(stored);
    else if (isShort) await this.#store.append(emptyBatch(reservedUpTo));
    this.#reservedUpTo = reservedUpTo;
    const changes = applyBatch(batch.changes, this.#durable);
    if (this.#gathering) settlePending(this.#pending, batch.changes);
    else this.#pending = new Layer();
    if (changes.length > 0) this.#publish({ generation, changes });
  }

  #publish(batch: ChangeBatch): void {
    this.#generation = batch.generation;
    for (const { cls, ref, op, record } of batch.changes) {
      if (op === 'del') this.#history.deleted(cls, ref, batch.generation, record);
      else this.#history.changed(cls, ref, batch.generation);
    }
    for (const listener of this.#listeners) {
      try {
        listener(batch);
      } catch (error) {
        this.#log.error('a listener of the database failed', { error });
      }
    }
  }

  /** What was built on a write that failed is gone with it. */
  #rollBack(batch: Batch, cause: unknown): void {
    const error = new StoreError('write', 'the database could not be written; nothing was changed', { cause });
    this.#log.error('the database could not be written', { error: cause, transactions: batch.transactions });
    const stacked = this.#gathering;
    this.#gathering = undefined;
    this.#pending = new Layer();
    batch.reject(error);
    stacked?.reject(error);
  }
}
