// `host-domain-list`: what it asks of the host, and what it shows.

import { describe, expect, test } from '@jest/globals';
import type { RpcRequest } from '../../../src/client/transport.ts';
import { runCli } from '../../../src/cli/main.ts';
import { XenError } from '../../../src/model/error.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const HOST = '33333333-3333-3333-3333-333333333333';
const records = { host: { 'OpaqueRef:h': { uuid: HOST, name_label: 'one', hostname: 'one' } } };
const [web, hand] = [
  { domid: 3, uuid: 'u3', name: 'web.u3', state: 'running', vcpus: 2, memory_bytes: 512 * 2 ** 20, cpu_seconds: 12.5, vm: 'web' },
  { domid: 4, uuid: 'u4', name: 'hand', state: 'paused', vcpus: 1, memory_bytes: 128 * 2 ** 20, cpu_seconds: 0.1, vm: null },
];

const run = async (line: string, answer: unknown = [web, hand]) => {
  const said = ({ method }: RpcRequest): unknown => {
    if (method === 'session.get_this_host') return 'OpaqueRef:h';
    if (method !== 'host.call_plugin') return undefined;
    if (answer instanceof Error) throw answer;
    return JSON.stringify(answer);
  };
  const transport = new FakeServer(records, { answer: said });
  const io = testIo({ transport, env: { HOME: '/nonexistent' } });
  const code = await runCli(line.split(' '), { ...io, programName: 'xcp' });
  const asked = transport.requests.filter(({ method }) => method === 'host.call_plugin').map(({ params }) => params.slice(1));
  return { ...io.output, code, asked };
};

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
