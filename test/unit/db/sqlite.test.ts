import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { openDb } from '../../../src/db/open.ts';
import { StoreError, type StoreErrorKind } from '../../../src/db/store-error.ts';
import { type SqliteStoreOptions, sqliteStore } from '../../../src/db/stores/sqlite.ts';

const directory = mkdtempSync(join(tmpdir(), 'xcp-sqlite-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(directory, `${(files += 1)}.db`);
const open = async (path: string, options: Partial<SqliteStoreOptions> = {}) => openDb({ store: await sqliteStore({ path, ...options }) });

const expectRefused = async (path: string, kind: StoreErrorKind): Promise<string> => {
  const refused: unknown = await open(path, { lockTimeoutMs: 10 }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(StoreError);
  expect(refused).toMatchObject({ kind, message: expect.stringContaining(path) });
  return refused instanceof Error ? refused.message : '';
};

describe('the SQLite store', () => {
  test('gives back what was written, in its order, readable by the owner only', async () => {
    const path = newPath();
    const db = await open(path);
    const vms = await db.transaction(tx => ['a', 'b', 'c'].map(name_label => tx.insert('VM', { name_label, other_config: { k: 'ö"\n' } })));
    await db.transaction(tx => {
      for (const vm of vms.slice(0, 1)) tx.update('VM', vm, { name_label: 'A', memory_target: 2 ** 40 });
      for (const vm of vms.slice(1, 2)) tx.delete('VM', vm);
      tx.putDoc('n', 'k', [null, 1.5]);
      tx.putDoc('n', 'gone', 1);
    });
    await db.transaction(tx => tx.deleteDoc('n', 'gone'));
    const before = [...db.all('VM')];
    await db.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = await open(path);
    expect([...again.all('VM')]).toEqual(before);
    expect([...again.docs('n')]).toEqual([['k', [null, 1.5]]]);
    await again.close();
  });

  test('acknowledges only what is on the disk', async () => {
    const disk: (() => void)[] = [];
    let isSlow = false;
    const sync = (): Promise<void> => (isSlow ? new Promise(resolve => disk.push(resolve)) : Promise.resolve());
    const db = await open(newPath(), { sync });
    isSlow = true;
    let isAcknowledged = false;
    const written = db
      .transaction(tx => tx.insert('VM', {}))
      .then(() => {
        isAcknowledged = true;
      });
    await new Promise(resolve => setImmediate(resolve));
    expect([disk.length, isAcknowledged, db.count('VM')]).toEqual([1, false, 0]);
    disk.pop()?.();
    await written;
    expect(db.count('VM')).toBe(1);
    await db.close();
  });

  test('takes nothing more after the disk has failed', async () => {
    let isBroken = false;
    const db = await open(newPath(), { sync: () => (isBroken ? Promise.reject(new Error('EIO')) : Promise.resolve()) });
    isBroken = true;
    await expect(db.transaction(tx => tx.insert('VM', {}))).rejects.toMatchObject({ kind: 'write' });
    isBroken = false;
    await expect(db.transaction(tx => tx.insert('VM', {}))).rejects.toMatchObject({ kind: 'write' });
    expect(db.count('VM')).toBe(0);
    await db.close();
  });

  test('refuses a second opener, and lets the next one in afterwards', async () => {
    const path = newPath();
    const db = await open(path);
    expect(await expectRefused(path, 'locked')).toContain('in use by another process');
    await db.transaction(tx => tx.insert('VM', {}));
    await db.close();
    await (await open(path)).close();
  });

  test('names a file that is no database, another program’s, or a later version’s', async () => {
    const garbage = newPath();
    writeFileSync(garbage, 'no database at all '.repeat(500));
    await expectRefused(garbage, 'corrupt');

    const foreign = newPath();
    const other = new DatabaseSync(foreign);
    other.exec('CREATE TABLE theirs (a)');
    other.close();
    expect(await expectRefused(foreign, 'corrupt')).toContain('another program');

    const later = newPath();
    await (await open(later)).close();
    const raised = new DatabaseSync(later);
    raised.exec('PRAGMA user_version = 99');
    raised.close();
    expect(await expectRefused(later, 'version')).toContain('later version');
  });

  test('names a place where it cannot be', async () => {
    expect(await expectRefused(join(directory, 'nowhere', 'xcp.db'), 'unusable')).toContain('ENOENT');
  });

  test('names a damaged file and the damaged object', async () => {
    const path = newPath();
    const db = await open(path);
    await db.transaction(tx => Array.from({ length: 50 }, (_, at) => tx.insert('VM', { name_description: String(at).repeat(2_000) })));
    await db.close();

    const torn = newPath();
    copyFileSync(path, torn);
    const damaged = new DatabaseSync(torn);
    damaged.exec('UPDATE objects SET record = substr(record, 1, 100) WHERE rowid = 7');
    damaged.close();
    expect(await expectRefused(torn, 'corrupt')).toMatch(/object VM\/OpaqueRef:\S+ is no JSON/);

    const cut = newPath();
    copyFileSync(path, cut);
    writeFileSync(cut, Buffer.alloc(8_192, 0xff), { flag: 'r+' });
    await expectRefused(cut, 'corrupt');
  });
});

describe('a process killed while it writes', () => {
  const writer = fileURLToPath(new URL('../../support/db-writer.ts', import.meta.url));

  /** Runs the writer until it has acknowledged `count` transactions, kills it, and gives the numbers acknowledged. */
  const writeAndKill = (path: string, from: number, count: number): Promise<readonly number[]> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', writer, path, String(from)]);
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        if (out.split('\n').length - 2 >= count) child.kill('SIGKILL');
      });
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString();
      });
      child.on('close', (code, signal) => {
        const whole = out.slice(0, out.lastIndexOf('\n') + 1);
        if (signal === 'SIGKILL') resolve(whole.split('\n').slice(1, -1).map(Number));
        else reject(new Error(`the writer ended by itself (${code}): ${err}`));
      });
    });

  test('leaves every acknowledged transaction, and none by half', async () => {
    const path = newPath();
    const acknowledged = new Set<number>();
    for (const [round, count] of [1, 30, 157, 400].entries()) {
      for (const number of await writeAndKill(path, round * 100_000, count)) acknowledged.add(number);
      const db = await open(path, { lockTimeoutMs: 5_000 });
      const written = new Set([...db.docs('written')].map(([key]) => Number(key)));
      expect([...acknowledged].filter(number => !written.has(number))).toEqual([]);
      for (const [, vm] of db.all('VM')) {
        expect(written.has(Number(vm.name_label.slice(3)))).toBe(true);
        expect(vm.VBDs).toHaveLength(2);
      }
      expect(db.count('VBD')).toBe(2 * db.count('VM'));
      expect(db.check()).toEqual([]);
      await db.close();
    }
  }, 60_000);
});
