// What is generated is as the table says it: to generate it again changes nothing.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { generatedFiles, generatedFolders } from '../../src/gen/files.ts';

const root = resolve(import.meta.dirname, '../..');

test('completions, manual pages and the reference are up to date (else: npm run gen)', async () => {
  const files = await generatedFiles();
  const kept = generatedFolders.flatMap(folder => readdirSync(join(root, folder)).map(name => `${folder}/${name}`));
  expect(kept.toSorted()).toEqual([...files.keys()].toSorted());
  const different = kept.filter(path => readFileSync(join(root, path), 'utf8') !== files.get(path));
  expect(different).toEqual([]);
});
