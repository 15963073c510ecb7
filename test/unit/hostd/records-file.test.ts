// The file of a recorded pool: plain or gzipped; what is no recorded pool is refused in words.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import { readRecordedPool } from '../../../src/hostd/records-file.ts';
import { readSettings } from '../../../src/hostd/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'xcp-records-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const pool = { pool: { 'OpaqueRef:p': { uuid: 'p' } }, host: { 'OpaqueRef:h': { uuid: 'h' } }, VM: {} };

test.each([
  ['plain', JSON.stringify(pool)],
  ['gzipped', gzipSync(JSON.stringify(pool))],
])('a %s file is read', async (name, content) => {
  const read = await readRecordedPool(written(name, content));
  expect([...read.keys()]).toEqual(['pool', 'host', 'VM']);
  expect(read.get('host')?.get('OpaqueRef:h')).toEqual({ uuid: 'h' });
});

test.each([
  ['not JSON', '{', /^--records: .*not JSON/],
  ['a list', '[]', /expected an object of classes/],
  ['a class that is a text', '{"VM":"x"}', /'VM' is not an object of records/],
  ['a record that is a number', '{"VM":{"r":1}}', /VM r is not a record/],
  ['a pool without hosts', '{"pool":{"r":{}}}', /it has no host/],
  ['a broken archive', Buffer.from([0x1f, 0x8b, 0]), /^--records: /],
])('%s is refused', async (name, content, message) => {
  await expect(readRecordedPool(written(name, content))).rejects.toThrow(message);
});

test('records are served by the simulator only', async () => {
  const around = { env: {}, isRoot: false, isTerminal: false };
  await expect(readSettings(['--records', 'pool.json'], around)).rejects.toThrow('--records needs --simulate');
  expect((await readSettings(['--simulate', '--records', '/pool.json'], around))?.records).toBe('/pool.json');
});
