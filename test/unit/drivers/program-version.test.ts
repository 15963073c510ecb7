// A version is asked for once, and again when the program has become another file.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programVersion } from '../../../src/drivers/program-version.ts';

const searched = process.env['PATH'];
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-version-'));
  process.env['PATH'] = `${folder}:${searched}`;
});
afterEach(async () => {
  process.env['PATH'] = searched;
  await rm(folder, { recursive: true });
});

/** As a package does it: beside the old file, then in its place. */
const install = async (version: string): Promise<void> => {
  const file = join(folder, 'a-program');
  await writeFile(`${file}.new`, `#!/bin/sh\necho asked >>${folder}/asked\necho a-program ${version}\n`, { mode: 0o755 });
  await rename(`${file}.new`, file);
};
const ask = (): Promise<string> => programVersion('a-program', join(folder, 'run', 'version'));
const timesAsked = async (): Promise<number> => (await readFile(join(folder, 'asked'), 'utf8')).split('\n').length - 1;

test('a program is asked once, and anew when it was replaced', async () => {
  await install('1.0');
  expect([await ask(), await ask(), await timesAsked()]).toEqual(['a-program 1.0\n', 'a-program 1.0\n', 1]);
  await install('2.0');
  expect([await ask(), await ask(), await timesAsked()]).toEqual(['a-program 2.0\n', 'a-program 2.0\n', 2]);
});

test('what was kept and cut off is not believed', async () => {
  await install('1.0');
  await ask();
  await writeFile(join(folder, 'run', 'version'), '/somewhere/a-program');
  expect(await ask()).toBe('a-program 1.0\n');
});

test('one that is not installed is refused, whatever was kept', async () => {
  await install('1.0');
  await ask();
  await rm(join(folder, 'a-program'));
  await expect(ask()).rejects.toThrow('a-program');
});
