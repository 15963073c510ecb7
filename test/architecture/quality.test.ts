// What a reader should never meet in the source. Each finding is named with its line.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root, sourceFiles } from './imports.ts';

const files = sourceFiles().map(file => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** Tables of data may be long; one idea all the same. */
const isData = (file: string): boolean => /^src\/(model\/|cli\/(table|records|errors)\/)/.test(file);

test('no source file is above 400 lines', () => {
  const long = files.filter(({ file, text }) => !isData(file) && text.split('\n').length > 400);
  expect(long.map(({ file, text }) => `${file}: ${text.split('\n').length}`)).toEqual([]);
});

test.each([
  ['an empty catch', /catch\s*(\(\w*\))?\s*\{\s*\}/],
  ['any', /\bas any\b|: any\b|<any>/],
  ['an ignored type error', /@ts-(ignore|nocheck|expect-error)/],
  ['a process exit outside the entry', /process\.exit\(/],
])('no file holds %s', (_name, pattern) => {
  const found = files.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('every file says in its first lines what it owns', () => {
  expect(files.filter(({ text }) => !/^(\/\/|\/\*\*)/.test(text)).map(({ file }) => file)).toEqual([]);
});
