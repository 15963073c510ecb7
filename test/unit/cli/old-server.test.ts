// A server of the age of API 1.10: XML-RPC alone, texts where there are numbers, no call that takes an expression, a login without the
// name of the program, records without the fields of later releases, classes that it does not have.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import { XenError } from '../../../src/model/error.ts';
import { parseMethodCall, serializeMethodResponse } from '../../../src/wire/xmlrpc.ts';
import { cliClasses } from '../../../src/cli/records/classes.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const [WEB, DB, HOST] = [
  '11111111-1111-1111-1111-111111111111',
  '22222222-2222-2222-2222-222222222222',
  '33333333-3333-3333-3333-333333333333',
];

const vm = (uuid: string, name: string): Record<string, unknown> => ({
  uuid,
  name_label: name,
  name_description: '',
  user_version: '1',
  is_a_template: false,
  is_a_snapshot: false,
  is_control_domain: false,
  power_state: 'Running',
  resident_on: 'OpaqueRef:host',
  memory_static_max: '1073741824',
  VCPUs_max: '2',
  VBDs: [],
  VIFs: [],
  other_config: { key: 'value' },
  metrics: 'OpaqueRef:NULL',
  // Of a class that this server was never asked for by a client of its time.
  appliance: 'OpaqueRef:later',
  VGPUs: ['OpaqueRef:1', 'OpaqueRef:2', 'OpaqueRef:3', 'OpaqueRef:4', 'OpaqueRef:5', 'OpaqueRef:6'],
});

/** What it says to `POST /jsonrpc`, by its age. */
type Rejection = 'not found' | 'a fault';
type Records = Record<string, Record<string, Record<string, unknown>>>;

let folder = '';
let server: Server | undefined;
let requests: string[] = [];
let records: Records = {};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xcp-old-'));
  requests = [];
  records = {
    VM: { 'OpaqueRef:web': vm(WEB, 'web'), 'OpaqueRef:db': vm(DB, 'db') },
    host: { 'OpaqueRef:host': { uuid: HOST, name_label: 'old one' } },
  };
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise(resolve => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  rmSync(folder, { recursive: true });
});

const FAULT =
  '<?xml version="1.0"?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>1</int></value></member><member><name>faultString</name><value>not XML</value></member></struct></value></fault></methodResponse>';

const start = async (rejection: Rejection = 'not found'): Promise<string> => {
  const made = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.url === '/jsonrpc') {
        requests.push('/jsonrpc');
        response.writeHead(rejection === 'a fault' ? 200 : 404).end(rejection === 'a fault' ? FAULT : '');
        return;
      }
      const { method, params } = parseMethodCall(Buffer.concat(parts).toString('utf8'));
      requests.push(method);
      response.end(serializeMethodResponse(outcome(method, params)));
    });
  });
  server = made;
  await new Promise<void>(resolve => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
};

const outcome = (method: string, params: readonly unknown[]): object => {
  try {
    return { Status: 'Success', Value: answer(method, params) };
  } catch (error) {
    if (error instanceof XenError) return { Status: 'Failure', ErrorDescription: [error.code, ...error.params] };
    throw error;
  }
};

const answer = (method: string, params: readonly unknown[]): unknown => {
  const [, first, ...rest] = params;
  const [cls = '', message = ''] = method.split('.');
  if (method === 'session.login_with_password') {
    if (params.length > 3) throw new XenError('MESSAGE_PARAMETER_COUNT_MISMATCH', [method, '3', String(params.length)]);
    if (first !== 'right') throw new XenError('SESSION_AUTHENTICATION_FAILED', ['root', 'wrong']);
    return 'OpaqueRef:session';
  }
  if (method === 'session.logout') return '';
  const found = records[cls];
  if (found === undefined) throw new XenError('MESSAGE_METHOD_UNKNOWN', [method]);
  if (message === 'get_all_records') return found;
  if (message === 'get_by_uuid') {
    const entry = Object.entries(found).find(([, each]) => each['uuid'] === first);
    if (entry === undefined) throw new XenError('UUID_INVALID', [cls, String(first)]);
    return entry[0];
  }
  const record = found[String(first)];
  if (message === 'get_record' && record !== undefined) return record;
  const field = message.replace(/^set_/, '');
  if (message.startsWith('set_') && record !== undefined && field in record) {
    record[field] = rest[0];
    return '';
  }
  throw new XenError('MESSAGE_METHOD_UNKNOWN', [method]);
};

const run = async (at: string, ...words: readonly string[]) => {
  const env = { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') };
  const io = testIo({ env });
  const password = words.includes('-pw') ? [] : ['-pw', 'right'];
  const code = await runCli([...words, '-s', at, ...password], { ...io, programName: 'xcp' });
  return { ...io.output, code };
};

test('lists, with a filter that later servers would apply, and with an object of another class', async () => {
  const at = await start();
  expect(await run(at, 'vm-list', 'name-label=web', 'params=name-label,resident-on,VCPUs-max', '--minimal')).toEqual({
    stdout: 'web\n',
    stderr: '',
    code: 0,
  });
  const typed = await run(
    at,
    'vm-list',
    '-o',
    'json',
    '--select',
    'name-label,VCPUs-max,memory-static-max,resident-on,appliance,has-vendor-device',
  );
  expect(JSON.parse(typed.stdout)).toEqual(
    ['web', 'db'].map(name => ({
      'name-label': name,
      'VCPUs-max': 2,
      'memory-static-max': 1_073_741_824,
      'resident-on': { uuid: HOST, name: 'old one' },
      appliance: null,
      'has-vendor-device': null,
    })),
  );
});

test('every field of an object is shown, those that are not there as such', async () => {
  const { stdout, stderr, code } = await run(await start(), 'vm-param-list', `uuid=${WEB}`);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/ name-label \( RW\)\s*: web\n/);
  expect(stdout).toMatch(/ resident-on \( RO\)\s*: 33333333-3333-3333-3333-333333333333\n/);
  expect(stdout).toMatch(/ has-vendor-device \( RW\)\s*: <not in database>\n/);
  expect(stdout).toMatch(/ possible-hosts \( RO\)\s*: <unknown>\n/);
});

test('one field is read and set, by uuid and by name, numbers as this server has them', async () => {
  const at = await start();
  expect((await run(at, 'vm-param-get', 'uuid=db', 'param-name=memory-static-max')).stdout).toBe('1073741824\n');
  expect((await run(at, 'vm-param-get', `uuid=${WEB}`, 'param-name=has-vendor-device')).stdout).toBe('<not in database>\n');
  expect(await run(at, 'vm-param-set', 'uuid=db', 'name-description=set', 'user-version=7')).toMatchObject({ code: 0, stderr: '' });
  expect(records['VM']?.['OpaqueRef:db']).toMatchObject({ name_description: 'set', user_version: '7' });
});

test('a class and a field that it does not have are told, not mistaken for a broken server', async () => {
  const at = await start();
  const list = await run(at, 'vgpu-type-list');
  expect([list.code, list.stdout]).toEqual([1, '']);
  expect(list.stderr).toContain('it may be older than this program');
  expect((await run(at, 'vm-param-set', `uuid=${WEB}`, 'has-vendor-device=true')).stderr).toContain('it may be older than this program');
});

test.each<Rejection>(['not found', 'a fault'])(
  'that it speaks XML-RPC alone (JSON: %s) is remembered from the first answer, a refusal too',
  async rejection => {
    const at = await start(rejection);
    expect(await run(at, 'vm-list', '-pw', 'wrong')).toMatchObject({ code: 1, stderr: expect.stringContaining('Authentication failed') });
    expect(await run(at, 'vm-list', 'name-label=web', '--minimal')).toMatchObject({ code: 0, stdout: `${WEB}\n` });
    expect(requests.filter(each => each === '/jsonrpc')).toHaveLength(1);
    expect(readFileSync(join(folder, 'cache', 'xcp', 'xmlrpc-servers'), 'utf8')).toBe(`${at}\n`);
    // Asked once in a command for what it does not know, not again and again.
    expect(requests.filter(each => each === 'VM.get_all_records_where')).toHaveLength(1);
  },
);

test.each(Object.entries(cliClasses))('an object of class %s with nothing but its uuid is shown and listed', async (name, { api }) => {
  const transport = new FakeServer({ [api]: { 'OpaqueRef:one': { uuid: WEB } } });
  const line = async (...words: readonly string[]) => {
    const io = testIo({ transport, env: { HOME: folder } });
    return { code: await runCli(words, io), ...io.output };
  };
  const shown = await line(`${name}-param-list`, `uuid=${WEB}`);
  const known = !shown.stderr.startsWith('Unknown command');
  if (known) expect(shown).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(WEB) });
  expect(await line(`${name}-list`, '--all', 'params=all')).toMatchObject({ code: 0, stderr: '' });
});
