// The direction of imports. A pair that breaks a rule is named.

import { describe, expect, test } from '@jest/globals';
import { importsOf, sourceFiles } from './imports.ts';

const mayImport: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  model: ['lib'],
  wire: ['lib'],
  engine: ['lib'],
  client: ['lib', 'model', 'wire'],
  db: ['lib', 'model', 'engine'],
  drivers: ['lib', 'wire'],
  ops: ['lib', 'model', 'engine', 'db', 'drivers'],
  hostd: ['lib', 'model', 'wire', 'engine', 'client', 'db', 'drivers', 'ops'],
  cli: ['lib', 'model', 'client'],
  gen: ['lib', 'model', 'cli', 'hostd'],
  'main.ts': ['cli', 'hostd'],
};

/** Packages of the registry, and the only layers that may use them. */
const packages: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli'],
  chalk: ['cli'],
  'cli-table3': ['cli'],
  ora: ['cli'],
  yaml: ['cli', 'client', 'hostd'],
  xmlrpc: ['wire'],
};

const layerOf = (path: string): string => path.split('/')[1] ?? '';
const files = sourceFiles();
const imports = files.flatMap(importsOf);

describe('layers', () => {
  test('every folder of src has a rule', () => {
    expect([...new Set(files.map(layerOf))].filter(layer => !(layer in mayImport))).toEqual([]);
  });

  test('no import points against the direction of the layers', () => {
    const wrong = imports
      .filter(({ to }) => to.startsWith('src/'))
      .filter(({ from, to }) => layerOf(from) !== layerOf(to) && !(mayImport[layerOf(from)] ?? []).includes(layerOf(to)));
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test('nothing outside src is imported but node: and the packages, each where it belongs', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (to.startsWith('src/') || to.startsWith('node:')) return false;
      const name = to.split('/')[0] ?? '';
      return !(packages[name] ?? []).includes(layerOf(from));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test('there is no cycle of values', () => {
    const next = new Map<string, readonly string[]>();
    for (const file of files)
      next.set(
        file,
        importsOf(file)
          .filter(i => i.kind === 'static' && i.to.startsWith('src/'))
          .map(i => i.to),
      );
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
