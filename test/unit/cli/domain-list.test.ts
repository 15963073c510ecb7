// `host-domain-list`: what it asks of the host, and what it shows.

import { describe, expect, test } from '@jest/globals';
import { XenError } from '../../../src/model/error.ts';
import { HOST, runWithPlugin } from '../../support/plugin-run.ts';

const [web, hand] = [
  { domid: 3, uuid: 'u3', name: 'web.u3', state: 'running', vcpus: 2, memory_bytes: 512 * 2 ** 20, cpu_seconds: 12.5, vm: 'web' },
  { domid: 4, uuid: 'u4', name: 'hand', state: 'paused', vcpus: 1, memory_bytes: 128 * 2 ** 20, cpu_seconds: 0.1, vm: null },
];

const run = (line: string, answer: object = [web, hand]) => runWithPlugin(line, answer);

test.each(['host-domain-list', 'host-domain-list host=one', `host-domain-list host=${HOST}`])('%s asks the host', async line => {
  const { asked, code, stderr } = await run(line);
  expect([code, stderr, asked]).toEqual([0, '', [['OpaqueRef:h', 'domains', 'list', {}]]]);
});

describe('what it shows', () => {
  test('each domain, and whose it is', async () => {
    const { stdout } = await run('host-domain-list');
    expect(stdout.split('\n').map(row => row.replaceAll(/ {2,}/g, '|'))).toEqual([
      'DOMAIN|NAME|STATE|VCPUS|MEMORY|CPU TIME|VM',
      '3|web.u3|running|2|512 MiB|12.5 s|web',
      '4|hand|paused|1|128 MiB|0.1 s|none: made by hand',
      '',
    ]);
  });

  test('as data', async () => {
    const { stdout } = await run('host-domain-list -o json');
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ 'dom-id': 3, state: 'running', 'memory-bytes': 512 * 2 ** 20, vm: 'web' }),
      expect.objectContaining({ 'dom-id': 4, name: 'hand', vm: null }),
    ]);
  });

  test('the numbers alone', async () => {
    expect((await run('host-domain-list --minimal')).stdout).toBe('3,4\n');
  });

  test('that nothing runs', async () => {
    expect((await run('host-domain-list', [])).stdout).toBe('Nothing runs beside the control domain.\n');
  });
});

test('a server that has no such plugin: where to look instead', async () => {
  const { code, stderr } = await run('host-domain-list', new XenError('XENAPI_MISSING_PLUGIN', ['domains']));
  expect(code).toBe(1);
  expect(stderr).toContain('run xl list in the control domain itself');
});
