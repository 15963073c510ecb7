// The store of a host alone: one SQLite file, and its write-ahead log beside it.
//
// A batch is one SQLite transaction, acknowledged when the log has reached the disk. SQLite itself would wait for the disk inside
// COMMIT (synchronous=FULL) and hold up the event loop for as long, milliseconds on many disks; so COMMIT writes the log only
// (synchronous=NORMAL), and `fdatasync` of the log follows on a thread of the runtime's pool: the same system calls in the same order,
// and nobody waits who need not. A thread of its own for SQLite would do as well, at 20 to 30 MB.
//
// Invariants: one process has the file at a time (SQLite's exclusive lock, gone with the process however it ends; no other code of this
// process may open the file, since closing it would drop the lock). After a failed `fdatasync` nobody can say what is on the disk, so the
// store takes nothing more until the next start reads what is there.

import { closeSync, fsyncSync, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Json, JsonObject } from '../../lib/json.ts';
import { isClassName } from '../../model/index.ts';
import type { Store, StoreBatch, StoredDoc, StoredObject } from '../db.ts';
import { typedRef } from '../records.ts';
import { StoreError } from '../store-error.ts';
import { openFile } from './sqlite-file.ts';

export interface SqliteStoreOptions {
  readonly path: string;
  /** How long to wait for another process to let go of the file. */
  readonly lockTimeoutMs?: number;
  /** Brings what was written to the log onto the disk. Replaced by tests that want a slow or a broken disk. */
  readonly sync?: (log: FileHandle) => Promise<void>;
}

/** Rejects with StoreError `locked`, `corrupt` or `version`; each names the file. */
export const sqliteStore = async (options: SqliteStoreOptions): Promise<Store> => {
  const { path, lockTimeoutMs = 1_000, sync = async log => await log.datasync() } = options;
  const database = openFile(path, lockTimeoutMs);
  const log = await open(`${path}-wal`, 'r');
  // The names of both files must be on the disk before anything in them counts.
  syncDirectory(dirname(path));
  return new SqliteStore(path, database, log, sync);
};

const syncDirectory = (directory: string): void => {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

class SqliteStore implements Store {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #log: FileHandle;
  readonly #sync: (log: FileHandle) => Promise<void>;
  readonly #statements: {
    readonly putObject: StatementSync;
    readonly deleteObject: StatementSync;
    readonly putDoc: StatementSync;
    readonly deleteDoc: StatementSync;
    readonly setGeneration: StatementSync;
  };
  #broken: StoreError | undefined;

  constructor(path: string, database: DatabaseSync, log: FileHandle, sync: (log: FileHandle) => Promise<void>) {
    this.#path = path;
    this.#database = database;
    this.#log = log;
    this.#sync = sync;
    this.#statements = {
      putObject: database.prepare(
        'INSERT INTO objects (class, ref, record) VALUES (?, ?, ?) ON CONFLICT (class, ref) DO UPDATE SET record = excluded.record',
      ),
      deleteObject: database.prepare('DELETE FROM objects WHERE class = ? AND ref = ?'),
      putDoc: database.prepare(
        'INSERT INTO docs (namespace, key, value) VALUES (?, ?, ?) ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value',
      ),
      deleteDoc: database.prepare('DELETE FROM docs WHERE namespace = ? AND key = ?'),
      setGeneration: database.prepare('UPDATE state SET generation = ?'),
    };
  }

  async load(): ReturnType<Store['load']> {
    const row = await Promise.resolve(this.#readable(() => this.#database.prepare('SELECT generation FROM state').get()));
    return { generation: Number(row?.['generation'] ?? 0), objects: this.#objects(), docs: this.#docs() };
  }

  async append(batch: StoreBatch): Promise<void> {
    if (this.#broken) throw this.#broken;
    this.#commit(batch);
    try {
      await this.#sync(this.#log);
    } catch (cause) {
      this.#broken = new StoreError('write', `${this.#path}-wal could not be brought onto the disk; mend the disk and start again`, {
        cause,
      });
      throw this.#broken;
    }
  }

  async close(): Promise<void> {
    this.#broken ??= new StoreError('closed', `${this.#path} is closed`);
    await this.#log.close();
    this.#database.close();
  }

  #commit({ generation, puts, deletes, docPuts, docDeletes }: StoreBatch): void {
    const { putObject, deleteObject, putDoc, deleteDoc, setGeneration } = this.#statements;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const { cls, ref, record } of puts) putObject.run(cls, ref, JSON.stringify(record));
      for (const { cls, ref } of deletes) deleteObject.run(cls, ref);
      for (const { namespace, key, value } of docPuts) putDoc.run(namespace, key, JSON.stringify(value));
      for (const { namespace, key } of docDeletes) deleteDoc.run(namespace, key);
      setGeneration.run(generation);
      this.#database.exec('COMMIT');
    } catch (error) {
      // SQLite has rolled back by itself after some errors, a full disk among them.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  // One row after another: all texts at once would need as much memory as the whole database.
  *#objects(): Generator<StoredObject> {
    for (const row of this.#rows('SELECT class, ref, record FROM objects ORDER BY rowid')) {
      const [cls, ref] = [String(row['class']), String(row['ref'])];
      const record = this.#parse(row['record'], `object ${cls}/${ref}`);
      if (!isRecord(record)) throw this.#damaged(`object ${cls}/${ref} is no record`);
      // Classes that a later model dropped are left where they are.
      if (isClassName(cls)) yield { cls, ref: typedRef(ref), record };
    }
  }

  *#docs(): Generator<StoredDoc> {
    for (const row of this.#rows('SELECT namespace, key, value FROM docs ORDER BY rowid')) {
      const [namespace, key] = [String(row['namespace']), String(row['key'])];
      yield { namespace, key, value: this.#parse(row['value'], `document ${namespace}/${key}`) };
    }
  }

  *#rows(query: string): Generator<Row> {
    const rows = this.#readable(() => this.#database.prepare(query).iterate());
    for (;;) {
      const next = this.#readable(() => rows.next());
      if (next.done) return;
      yield next.value;
    }
  }

  #readable<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw this.#damaged('its tables cannot be read', cause);
    }
  }

  #parse(text: unknown, what: string): Json {
    try {
      const value: Json = JSON.parse(String(text));
      return value;
    } catch (cause) {
      throw this.#damaged(`${what} is no JSON`, cause);
    }
  }

  #damaged(how: string, cause?: unknown): StoreError {
    return new StoreError('corrupt', `${this.#path} is damaged: ${how}. Restore it from a backup, or move it away to start anew`, {
      cause,
    });
  }
}

type Row = Readonly<Record<string, unknown>>;

const isRecord = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
