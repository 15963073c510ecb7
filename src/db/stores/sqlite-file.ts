// Opens the SQLite file: lock, settings, tables, and the step from one layout to the next.

import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';

/** In the header of the file: whose it is. The letters XCPd. */
const APPLICATION_ID = 0x58435064;

/** Pages of 4 KiB after which the log is folded into the file; this waits for the disk, so it should be rare. */
const CHECKPOINT_PAGES = 4_000;
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

/** Each takes the file from one layout to the next; the first makes it. A file counts how many it has behind it. */
type Upgrade = (database: DatabaseSync) => void;
const upgrades: readonly Upgrade[] = [
  database =>
    database.exec(`
      CREATE TABLE objects (class TEXT NOT NULL, ref TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (class, ref)) STRICT;
      CREATE TABLE docs (namespace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (namespace, key)) STRICT;
      CREATE TABLE state (generation INTEGER NOT NULL) STRICT;
      INSERT INTO state VALUES (0);
    `),
];

/** Throws StoreError. The caller has the file for itself until it closes it. */
export const openFile = (path: string, lockTimeoutMs: number): DatabaseSync => {
  let database: DatabaseSync | undefined;
  try {
    // Only the owner may read it: there are secrets in some records. One that exists is not opened here: closing it would drop the lock.
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    database = new DatabaseSync(path, { timeout: lockTimeoutMs });
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
    if (mode !== 'wal') throw new Error('its file system does not allow a write-ahead log');
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.exec(`PRAGMA journal_size_limit = ${LOG_LIMIT_BYTES}`);
    prepareLayout(path, database);
    return database;
  } catch (cause) {
    database?.close();
    throw cause instanceof StoreError ? cause : explained(path, cause);
  }
};

const pragma = (database: DatabaseSync, name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);

const prepareLayout = (path: string, database: DatabaseSync): void => {
  // Begins a write, so that the lock is taken and the log is there.
  database.exec('BEGIN EXCLUSIVE');
  const application = pragma(database, 'application_id');
  const version = pragma(database, 'user_version');
  const isNew = application === 0 && version === 0 && database.prepare('SELECT name FROM sqlite_schema').get() === undefined;
  if (!isNew && application !== APPLICATION_ID) throw new StoreError('corrupt', `${path} is a database of another program`);
  if (version > upgrades.length) {
    throw new StoreError('version', `${path} was written by a later version of xcp (layout ${version}); install that version again`);
  }
  if (version < upgrades.length) {
    for (const upgrade of upgrades.slice(version)) upgrade(database);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${upgrades.length}`);
  }
  database.exec('COMMIT');
};

// Primary result codes of SQLite.
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

const explained = (path: string, cause: unknown): StoreError => {
  const code = primaryCode(cause);
  if (code === BUSY) {
    return new StoreError('locked', `${path} is in use by another process; one host only can run on a state directory`, { cause });
  }
  if (code === CORRUPT || code === NOT_A_DATABASE) {
    return new StoreError('corrupt', `${path} is damaged or no database. Restore it from a backup, or move it away to start anew`, {
      cause,
    });
  }
  return new StoreError('unusable', `${path} cannot be opened: ${messageOf(cause)}`, { cause });
};

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

/** Node and Bun both put SQLite's extended result code into `errcode`; its low byte is the primary one. */
const primaryCode = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
