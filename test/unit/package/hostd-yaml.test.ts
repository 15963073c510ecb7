// The configuration file of the package: it names every setting, and what it offers is understood.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { settingRows } from '../../../src/hostd/setting-rows.ts';
import { readSettings } from '../../../src/hostd/settings.ts';
import { hostdYaml } from '../../../tools/package/hostd-yaml.ts';

const folder = mkdtempSync(join(tmpdir(), 'xcp-yaml-'));
afterAll(() => rmSync(folder, { recursive: true }));

const settingsOf = (text: string) => {
  const path = join(folder, 'hostd.yaml');
  writeFileSync(path, text);
  return readSettings(['--config', path], { env: {}, isRoot: true, isTerminal: false });
};

const uncommented = (name: string): string => {
  const line = hostdYaml()
    .split('\n')
    .find(text => text.startsWith(`#${name}: `));
  if (line === undefined) throw new Error(`no line of ${name}`);
  return line.slice(1);
};

test('as installed it changes no default', async () => {
  expect(await settingsOf(hostdYaml())).toEqual(await readSettings([], { env: {}, isRoot: true, isTerminal: false }));
});

test.each(settingRows.map(row => row.name))('%s can be set by taking the # away', async name => {
  const together = name === 'records' ? 'simulate: true\n' : '';
  await expect(settingsOf(`${together}${uncommented(name)}\n`)).resolves.toBeDefined();
});

test('what is set that way is heard', async () => {
  const settings = await settingsOf(['memory', 'nics', 'host-name', 'listen'].map(uncommented).join('\n'));
  expect(settings).toMatchObject({ memoryBytes: 8 * 2 ** 30, nics: ['eth0', 'eth1'], hostName: 'host1' });
  expect(settings?.listen).toEqual([
    { kind: 'unix', path: '/var/lib/xcp/xapi' },
    { kind: 'tls', host: undefined, port: 443 },
  ]);
});
