// What hostd is told, and what it refuses to be told.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { addressText, parseListenAddress } from '../../../src/hostd/address.ts';
import { createLogger } from '../../../src/hostd/log.ts';
import { settingRows, settingsHelp } from '../../../src/hostd/setting-rows.ts';
import { readSettings, SettingsError } from '../../../src/hostd/settings.ts';

const root = { env: {}, isRoot: true, isTerminal: false };
const user = { env: { XDG_STATE_HOME: '/home/u/state' }, isRoot: false, isTerminal: true };

test('defaults of root and of others', async () => {
  expect(await readSettings([], root)).toMatchObject({
    stateDir: '/var/lib/xcp',
    listen: [
      { kind: 'unix', path: '/var/lib/xcp/xapi' },
      { kind: 'tls', host: undefined, port: 443 },
    ],
    hypervisor: 'auto',
    network: 'auto',
    privateSwitch: false,
    nics: 'none',
    storage: 'file',
    hostName: hostname(),
    logLevel: 'info',
    logFormat: 'json',
  });
  expect(await readSettings([], user)).toMatchObject({
    stateDir: '/home/u/state/xcp',
    listen: [{ path: '/home/u/state/xcp/xapi' }, { port: 8443 }],
    logFormat: 'text',
  });
});

test('interfaces that a switch may take', async () => {
  expect((await readSettings(['--nics', 'all'], root))?.nics).toBe('all');
  expect((await readSettings(['--nics', 'none'], root))?.nics).toBe('none');
  expect((await readSettings(['--nics', 'eth1', '--nics', 'eth2'], root))?.nics).toEqual(['eth1', 'eth2']);
  await expect(readSettings(['--nics', 'eth1', '--nics', 'all'], root)).rejects.toThrow(/all.*eth1/);
});

test('options win over the file, and every setting may stand in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-settings-'));
  const file = join(folder, 'hostd.yaml');
  await writeFile(
    file,
    'state-dir: /srv/xcp\nlisten:\n  - unix:/run/a\n  - tls:10.0.0.1:443\nsimulate: true\nprivate-switch: true\nlog-level: debug\nhost-name: from-file\n',
  );
  expect(await readSettings(['--config', file, '--log-level', 'warn', '--network', 'user'], root)).toMatchObject({
    stateDir: '/srv/xcp',
    listen: [{ path: '/run/a' }, { host: '10.0.0.1' }],
    hypervisor: 'sim',
    network: 'user',
    privateSwitch: true,
    storage: 'sim',
    hostName: 'from-file',
    migrationAddress: '10.0.0.1',
    logLevel: 'warn',
  });
  await writeFile(file, 'stat-dir: /srv/xcp\n');
  await expect(readSettings(['--config', file], root)).rejects.toThrow("unknown setting 'stat-dir'");
  await writeFile(file, 'simulate: perhaps\n');
  await expect(readSettings(['--config', file], root)).rejects.toThrow('simulate must be true or false');
  await writeFile(file, ': [');
  await expect(readSettings(['--config', file], root)).rejects.toThrow(SettingsError);
  await rm(folder, { recursive: true });
  await expect(readSettings(['--config', file], root)).rejects.toThrow('ENOENT');
});

test.each([
  [['--nothing'], /--nothing/],
  [['--log-level', 'loud'], /'loud' is not one of error, warn, info, debug/],
  [['--hypervisor', 'vmware'], /not one of auto, xen, qemu, sim/],
  [['--listen', '443'], /'443' is not unix:PATH/],
  [['--listen', 'tcp:x:99999'], /the port must be 0 to 65535/],
  [['--listen', `unix:/${'x'.repeat(120)}`], /longer than/],
  [['--state-dir', ''], /--state-dir must not be empty/],
  [['surplus'], /surplus/],
])('%j is refused', async (argv, message) => {
  const read = readSettings(argv, root);
  await expect(read).rejects.toThrow(SettingsError);
  await expect(read).rejects.toThrow(message);
});

test('the help tells of every setting', async () => {
  expect(await readSettings(['--help'], root)).toBeUndefined();
  for (const { name } of settingRows) expect(settingsHelp()).toContain(`--${name}`);
});

test.each(['unix:/run/xapi', 'tls:*:443', 'tls:management:443', 'tcp:127.0.0.1:80', 'tls:[::1]:8443'])(
  'the address %s is read and written',
  text => {
    const address = parseListenAddress(text);
    expect(typeof address === 'string' ? address : addressText(address)).toBe(text);
  },
);

test('log lines are one line each, bounded, and filtered by level', () => {
  const lines: string[] = [];
  const options = { level: 'info', write: (line: string) => void lines.push(line), now: () => new Date(0) } as const;
  const json = createLogger({ ...options, format: 'json' }).with({ part: 'x' });
  json.debug('not this');
  json.info('hello', { n: 1, error: new Error('a\nb', { cause: new Error('c') }), big: 'x'.repeat(10_000) });
  createLogger({ ...options, format: 'text' }).warn('two\nwords\x1b[31m', { key: 'a b', plain: 'c' });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    message: 'hello',
    part: 'x',
    n: 1,
    error: 'Error: a\nb; cause: Error: c',
  });
  expect(lines[0]?.length).toBeLessThan(5000);
  expect(lines[1]).toBe('1970-01-01T00:00:00.000Z warn  two words [31m key="a b" plain=c\n');
  expect(lines).toHaveLength(2);
});

test('the memory of guests is a size', async () => {
  expect((await readSettings(['--memory', '8GiB'], root))?.memoryBytes).toBe(8 * 2 ** 30);
  for (const wrong of ['much', '0', '-1', '1.5GiB'])
    await expect(readSettings([`--memory=${wrong}`], root)).rejects.toThrow(`--memory: '${wrong}' is no size`);
});
