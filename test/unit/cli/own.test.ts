// What `xcp` has beyond `xe`: data, names, watching, batches, exit codes. And that a program called `xe` has nothing of it.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import { XenError } from '../../../src/model/error.ts';
import type { RpcRequest } from '../../../src/client/transport.ts';
import { FakeServer, type Records } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';

const uuids = {
  web: '11111111-1111-1111-1111-111111111111',
  first: '22222222-2222-2222-2222-222222222222',
  second: '33333333-3333-3333-3333-333333333333',
  host: '44444444-4444-4444-4444-444444444444',
};

const vm = (uuid: string, name: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  uuid,
  name_label: name,
  name_description: `about ${name}`,
  is_a_template: false,
  is_a_snapshot: false,
  is_control_domain: false,
  power_state: 'Halted',
  memory_static_max: 2_147_483_648,
  resident_on: 'OpaqueRef:NULL',
  other_config: {},
  tags: [],
  ...more,
});

const records: Records = {
  VM: {
    'OpaqueRef:c': vm(uuids.web, 'web', {
      power_state: 'Running',
      resident_on: 'OpaqueRef:h',
      other_config: { 'a:b': 'x; y' },
      tags: ['one', 'two'],
    }),
    'OpaqueRef:b': vm(uuids.first, 'dup'),
    'OpaqueRef:a': vm(uuids.second, 'dup', { name_description: 'quoted "text", with\nline' }),
  },
  host: { 'OpaqueRef:h': { uuid: uuids.host, name_label: 'host one' } },
};

const folder = mkdtempSync(join(tmpdir(), 'xcp-own-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  readonly requests: readonly RpcRequest[];
}

const run = async (
  line: string | readonly string[],
  options: {
    readonly programName?: string;
    readonly stdin?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly isTTY?: boolean;
    readonly answer?: (request: RpcRequest) => unknown;
  } = {},
): Promise<Ran> => {
  const server = new FakeServer(records, options.answer === undefined ? {} : { answer: options.answer });
  const io = testIo({
    transport: server,
    env: { HOME: folder, ...options.env },
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    ...(options.isTTY === undefined ? {} : { isTTY: options.isTTY }),
  });
  const code = await runCli(typeof line === 'string' ? line.split(' ') : line, { ...io, programName: options.programName ?? 'xcp' });
  return { ...io.output, code, requests: server.requests };
};

describe('data', () => {
  test('JSON has numbers, lists, maps, and references as uuid and name', async () => {
    const { stdout, code } = await run(
      `vm-list uuid=${uuids.web} -o json --select name-label,memory-static-max,resident-on,other-config,tags,other-config:a:b`,
    );
    expect(JSON.parse(stdout)).toEqual([
      {
        'name-label': 'web',
        'memory-static-max': 2_147_483_648,
        'resident-on': { uuid: uuids.host, name: 'host one' },
        'other-config': { 'a:b': 'x; y' },
        tags: ['one', 'two'],
        'other-config:a:b': 'x; y',
      },
    ]);
    expect(code).toBe(0);
  });

  test('the fields that xe shows are the default, and a list stays a list', async () => {
    expect(JSON.parse((await run('vm-list name-label=web -o json')).stdout)).toEqual([
      { 'name-label': 'web', uuid: uuids.web, 'power-state': 'running' },
    ]);
    expect(JSON.parse((await run('vm-list name-label=none -o json')).stdout)).toEqual([]);
  });

  test.each([
    ['ndjson', '{"name-label":"web","tags":["one","two"]}\n'],
    ['yaml', '- name-label: web\n  tags:\n    - one\n    - two\n'],
    ['csv', 'name-label,tags\r\nweb,one; two\r\n'],
    ['value', 'web\tone; two\n'],
    ['table', 'NAME-LABEL  TAGS\nweb         one; two\n'],
  ])('as %s', async (format, text) => {
    expect((await run(`vm-list name-label=web -o ${format} --select name-label,tags`)).stdout).toBe(text);
  });

  test('CSV quotes, values stay on their line', async () => {
    const wanted = `vm-list uuid=${uuids.second} --select name-description`;
    expect((await run(`${wanted} -o csv`)).stdout).toBe('name-description\r\n"quoted ""text"", with\nline"\r\n');
    expect((await run(`${wanted} -o value`)).stdout).toBe('quoted "text", with\\nline\n');
  });

  test('one field is its bare value', async () => {
    expect((await run(`vm-param-get uuid=${uuids.web} param-name=memory-static-max -o json`)).stdout).toBe('2147483648\n');
    expect((await run(`vm-param-get uuid=${uuids.web} param-name=other-config param-key=a:b -o json`)).stdout).toBe('"x; y"\n');
  });

  test('a table on a terminal is no wider than the terminal', async () => {
    const { stdout } = await run('vm-list -o table --select uuid,name-description,name-label,memory-static-max,power-state', {
      isTTY: true,
    });
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).toContain('…');
  });

  test('a field that does not exist is named with those that do', async () => {
    const { stderr, code } = await run('vm-list --select nonsense');
    expect(stderr).toMatch(/no field 'nonsense': there are uuid, name-label/);
    expect(code).not.toBe(0);
  });
});

describe('names', () => {
  test('a name stands for a uuid', async () => {
    expect((await run('vm-param-get uuid=web param-name=power-state')).stdout).toBe('running\n');
  });

  test('an ambiguous name is told with its candidates', async () => {
    const { stderr, code } = await run('vm-param-get uuid=dup param-name=power-state');
    expect(stderr).toContain(`2 objects of class VM are called 'dup'`);
    expect(stderr).toContain(uuids.first);
    expect(stderr).toContain(uuids.second);
    expect(code).toBe(1);
  });

  test('what has no such name gets the answer that scripts know', async () => {
    const [own, xe] = [
      await run('vm-param-get uuid=no param-name=uuid'),
      await run('vm-param-get uuid=no param-name=uuid', { programName: 'xe' }),
    ];
    expect(own.stderr).toBe(xe.stderr);
    expect(own.code).toBe(xe.code);
  });
});

describe('called xe', () => {
  test.each(['vm-list -o json', 'vm-list --select uuid', 'batch', 'explain VM_BAD_POWER_STATE', 'vm-param-get uuid=web param-name=uuid'])(
    '%s is not there',
    async line => {
      const { code, stdout } = await run(line, { programName: 'xe' });
      expect([code, stdout]).toEqual([1, '']);
    },
  );

  test('a profile is not read', async () => {
    const config = join(folder, 'broken');
    mkdirSync(join(config, 'xcp'), { recursive: true });
    writeFileSync(join(config, 'xcp', 'config.yaml'), ': [');
    const env = { XDG_CONFIG_HOME: config };
    expect((await run('vm-list --minimal', { programName: 'xe', env })).code).toBe(0);
    expect((await run('vm-list --minimal', { env })).code).not.toBe(0);
  });
});

describe('exit codes', () => {
  const fine = { env: { XCP_EXIT_CODES: '1' } };
  test.each([
    ['vm-list', 0],
    ['vm-nonsense', 2],
    ['vm-param-get uuid=web', 2],
    [`vm-param-list uuid=${uuids.host}`, 5],
    ['vm-start vm=none', 5],
  ])('%s: %i', async (line, code) => {
    expect((await run(line, fine)).code).toBe(code);
  });

  test.each([
    ['SESSION_AUTHENTICATION_FAILED', 4],
    ['RBAC_PERMISSION_DENIED', 4],
    ['VM_BAD_POWER_STATE', 6],
    ['TASK_CANCELLED', 130],
    ['INTERNAL_ERROR', 1],
  ])('%s: %i', async (error, code) => {
    const answer = (request: RpcRequest): unknown => {
      if (request.method.endsWith('get_all_records_where')) throw new XenError(error, []);
      return undefined;
    };
    expect((await run('vm-list', { ...fine, answer })).code).toBe(code);
    expect((await run('vm-list', { answer })).code).toBe(1);
  });

  test('an option of its own that is wrong is wrong use', async () => {
    expect((await run('vm-list -o nonsense')).code).toBe(2);
    expect((await run('vm-list --timeout 0')).code).toBe(2);
    expect((await run('vm-pause --watch vm=web')).code).toBe(2);
  });
});

describe('several at a time', () => {
  const answer = ({ method, params }: RpcRequest): unknown => {
    if (method === 'message.get') return {};
    if (method !== 'VM.pause') return undefined;
    if (params[1] === 'OpaqueRef:b') throw new XenError('VM_BAD_POWER_STATE', ['x', 'running', 'halted']);
    return '';
  };

  test('each has its line, and the code tells that some failed', async () => {
    const { stdout, code } = await run('vm-pause --multiple --parallel 2', { answer });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter(line => line.endsWith(': ok'))).toHaveLength(2);
    expect(lines.filter(line => line.startsWith(`${uuids.first} (dup): failed: `))).toHaveLength(1);
    expect(code).toBe(8);
  });

  test('as data, in the order of the list', async () => {
    const { stdout } = await run('vm-pause --multiple --parallel 2 -o ndjson', { answer });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).ok),
    ).toEqual([true, false, true]);
  });
});

describe('lists that wait', () => {
  test('--wait returns with what matches', async () => {
    const { stdout, code } = await run('vm-list power-state=running --wait -o value --select name-label');
    expect([stdout, code]).toEqual(['web\n', 0]);
  });

  test('--timeout ends the waiting', async () => {
    const answer = ({ method }: RpcRequest): unknown =>
      method === 'event.from' ? new Promise(resolve => setTimeout(resolve, 20, { events: [], token: '' })) : undefined;
    const { stderr, code } = await run('vm-list name-label=none --wait --timeout 1', { answer: request => answer(request) });
    expect(stderr).toContain('Nothing matched in time');
    expect(code).toBe(7);
  });
});

describe('batch', () => {
  test('every line is checked before the first is sent', async () => {
    const { stderr, code, requests } = await run('batch', { stdin: 'vm-list\nvm-nonsense\nvm-param-get uuid=x\nvm-list "open\n' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'line 2: Unknown command: vm-nonsense',
      'line 3: Required parameter not found: param-name',
      'line 4: A quote is left open',
    ]);
    expect(code).toBe(1);
    expect(requests).toEqual([]);
  });

  test('what the lines say comes in their order, in one session', async () => {
    const stdin = `# names\nvm-list name-label=web params=name-label --minimal\n\nvm-param-get uuid=${uuids.first} param-name=name-label\nwait\nvm-param-get uuid=none param-name=uuid\n`;
    const { stdout, stderr, code, requests } = await run('batch', { stdin });
    expect(stdout).toBe('web\ndup\n');
    expect(stderr).toMatch(/^line 6: /);
    expect(code).toBe(1);
    expect(requests.filter(({ method }) => method === 'session.login_with_password')).toHaveLength(1);
  });
});

describe('profiles', () => {
  const config = join(folder, 'config');
  const path = join(config, 'xcp', 'config.yaml');
  const env = { XDG_CONFIG_HOME: config };
  mkdirSync(join(config, 'xcp'), { recursive: true });
  writeFileSync(
    path,
    'aliases:\n  running: vm-list power-state=running params=name-label\nprofiles:\n  lab:\n    username: tester\n    exit-codes: true\n',
  );

  test('an alias stands for its words', async () => {
    expect((await run('running --minimal', { env })).stdout).toBe('web\n');
  });

  test('a profile gives the connection', async () => {
    const { requests, code } = await run('vm-param-list uuid=none --profile lab', { env });
    expect(requests.find(({ method }) => method === 'session.login_with_password')?.params[0]).toBe('tester');
    expect(code).toBe(5);
  });

  test('what is typed wins', async () => {
    const { requests } = await run('vm-list --profile lab -u me', { env });
    expect(requests[0]?.params[0]).toBe('me');
  });

  test('a profile that is not there is named with those that are', async () => {
    expect((await run('vm-list --profile nonsense', { env })).stderr).toMatch(/no profile 'nonsense': there are lab/);
  });

  test('a file that others can write is refused', async () => {
    chmodSync(path, 0o666);
    expect((await run('vm-list', { env })).stderr).toContain('could have been written by another user');
    chmodSync(path, 0o644);
  });
});

describe('explain', () => {
  test('a code: what it means and its exit code', async () => {
    const { stdout } = await run('explain vm_bad_power_state -o json');
    expect(JSON.parse(stdout)).toMatchObject({ error: 'VM_BAD_POWER_STATE', 'exit-code': expect.stringMatching(/^6 /) });
  });

  test('a code that is none', async () => {
    expect((await run('explain bad_power_state', { env: { XCP_EXIT_CODES: '1' } })).stderr).toContain('Perhaps: VM_BAD_POWER_STATE');
  });
});
