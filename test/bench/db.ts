// The database on SQLite, beside bare SQLite that commits as many bytes with a full sync, in the same run.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Db } from '../../src/db/db.ts';
import { openDb } from '../../src/db/open.ts';
import { sqliteStore } from '../../src/db/stores/sqlite.ts';
import { timeCalls } from './measure.ts';
import { ms, type Row } from './table.ts';

const ROUNDS = 300;
const AT_ONCE = 64;

/** One commit after another on bare SQLite. */
const bareCommitMs = async (path: string, bytes: number): Promise<number> => {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT)');
  const put = database.prepare('INSERT INTO t VALUES (1, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v');
  let round = 0;
  const { medianMs } = await timeCalls(ROUNDS, async () => {
    put.run(String((round += 1)).padStart(bytes, 'x'));
  });
  database.close();
  return medianMs;
};

const storedBytes = (db: Db): number => Math.max(...[...db.all('VM')].map(([, record]) => JSON.stringify(record).length));

/** Transactions a second with many writers at once, each of whom waits for its own. */
const sharedRate = async (db: Db): Promise<number> => {
  const vms = await db.transaction(tx => Array.from({ length: AT_ONCE }, (_, at) => tx.insert('VM', { name_label: `vm ${at}` })));
  const startedAt = performance.now();
  const writeAll = async (vm: (typeof vms)[number]): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) await db.transaction(tx => tx.update('VM', vm, { name_description: String(round) }));
  };
  await Promise.all(vms.map(writeAll));
  return (AT_ONCE * ROUNDS * 1_000) / (performance.now() - startedAt);
};

export const database = async (): Promise<readonly Row[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'xcp-bench-'));
  try {
    const db = await openDb({ store: await sqliteStore({ path: join(directory, 'xcp.db') }) });
    const vm = await db.transaction(tx => tx.insert('VM', { name_label: 'alone' }));
    let round = 0;
    const alone = await timeCalls(ROUNDS, () => db.transaction(tx => tx.update('VM', vm, { name_description: String((round += 1)) })));
    const bareMs = await bareCommitMs(join(directory, 'bare.db'), storedBytes(db));
    const rate = await sharedRate(db);
    await db.close();
    return [
      {
        what: 'transaction, one after another',
        measured: ms(alone.medianMs),
        floor: ms(bareMs),
        ratio: alone.medianMs / bareMs,
        bar: undefined,
      },
      {
        what: `transactions a second, ${AT_ONCE} writers`,
        measured: `${rate.toFixed(0)}/s`,
        floor: `${(1_000 / bareMs).toFixed(0)}/s`,
        ratio: (rate * bareMs) / 1_000,
        bar: { atLeast: 1 },
      },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
