// What the package installs: links lead to what is installed with them, and the reset of the network has the name that admins know.

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { layout } from '../../../tools/package/layout.ts';

const root = resolve(import.meta.dirname, '../../..');
const entries = layout({ root, version: '1.0', maintainer: 'nobody', date: new Date(0) });
const paths = new Set(entries.map(({ path }) => path));

test('no path is there twice', () => expect(paths.size).toBe(entries.length));

test('each link leads to an entry', () => {
  const links = entries.flatMap(({ path, content }) => ('linkTo' in content ? [join(dirname(path), content.linkTo)] : []));
  expect(links.length).toBeGreaterThan(1);
  expect(links.filter(target => !paths.has(target))).toEqual([]);
});

test('the reset of the network is found by its other name, with its manual', () => {
  const named = (path: string) => entries.find(entry => entry.path === path)?.content;
  expect(named('usr/sbin/xe-reset-networking')).toEqual({ linkTo: '../bin/xcp' });
  expect(named('usr/share/man/man8/xe-reset-networking.8.gz')).toEqual({ linkTo: 'xcp-host-network-reset.8.gz' });
  expect(readFileSync(join(root, 'docs/man/xcp-host-network-reset.8'), 'utf8')).toContain('\\-\\-gateway\\-v6');
});
