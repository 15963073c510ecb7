import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createIsoStorage } from '../../../src/drivers/storage/iso/driver.ts';
import { volumeIdOf } from '../../../src/drivers/storage/iso/sr.ts';

const sr = '6f1c5a52-7e0e-4d7e-9a52-3f1f6f5f0a01';
let location: string;
beforeEach(() => {
  location = mkdtempSync(join(tmpdir(), 'xcp-iso-'));
  writeFileSync(join(location, 'b.iso'), 'b'.repeat(4096));
  writeFileSync(join(location, 'A.ISO'), 'a');
  writeFileSync(join(location, 'readme.txt'), 'no');
  mkdirSync(join(location, 'folder.iso'));
  symlinkSync('/nowhere', join(location, 'dangling.iso'));
});
afterEach(() => rmSync(location, { recursive: true }));

const open = () => createIsoStorage().attach(sr, { location });

test('files of the name are volumes; folders, other files and dangling links are not', async () => {
  expect((await (await open()).scan()).map(volume => [volume.name, volume.sizeBytes, volume.readOnly])).toEqual([
    ['A.ISO', 1, true],
    ['b.iso', 4096, true],
  ]);
});

test('an id follows from the repository and the name alone, and is a uuid', async () => {
  const [first] = await (await open()).scan();
  expect(first?.id).toBe(volumeIdOf(sr, 'A.ISO'));
  expect(first?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set([volumeIdOf(sr, 'a.iso'), volumeIdOf(sr, 'b.iso'), volumeIdOf(sr.replace('6', '7'), 'a.iso')]).size).toBe(3);
});

test('a guest reads it as it is', async () => {
  const path = join(location, 'b.iso');
  const source = await (await open()).attach(volumeIdOf(sr, 'b.iso'), { readOnly: true, owner: 'vm' });
  expect(source).toEqual({ format: 'raw', path, sizeBytes: 4096, chain: [] });
});

test('what would write is refused, and what is gone is not found', async () => {
  const opened = await open();
  const id = volumeIdOf(sr, 'b.iso');
  await expect(opened.attach(id, { readOnly: false, owner: 'vm' })).rejects.toMatchObject({ kind: 'unsupported' });
  await expect(opened.destroy(id)).rejects.toMatchObject({ kind: 'unsupported' });
  rmSync(join(location, 'b.iso'));
  await expect(opened.attach(id, { readOnly: true, owner: 'vm' })).rejects.toMatchObject({ kind: 'not-found' });
  expect(await opened.volume(id)).toBeUndefined();
});

test.each([['relative/path'], ['/nowhere/at/all'], [undefined]])('%s is no directory of CD images', async place => {
  const config: Readonly<Record<string, string>> = place === undefined ? {} : { location: place };
  await expect(createIsoStorage().create(sr, config, { name: '', description: '' })).rejects.toMatchObject({ kind: 'bad-config' });
});

test('a repository that is destroyed leaves the files', async () => {
  await createIsoStorage().destroy(sr, { location });
  expect(await (await open()).scan()).toHaveLength(2);
});
