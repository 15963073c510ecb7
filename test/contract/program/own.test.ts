// What `xe` does not have, through the program: data in every form, lists that watch and wait, limits of time, many objects at once,
// batches, plugins, explanations, suggestions, names in place of uuids.

import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Outcome, runProgram, type SimulatedHost, startSimulatedHost } from '../../support/program.ts';

const program = process.env['XCP_PROGRAM'] ?? resolve(import.meta.dirname, '../../../bin/xcp');

let folder: string;
let host: SimulatedHost;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-own-'));
  host = await startSimulatedHost(folder);
  await mkdir(join(folder, 'bin'));
  env = { XCP_SERVER: host.server, HOME: folder, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
  for (const name of ['one', 'two', 'three']) await done('vm-install', 'template=Other install media', `new-name-label=${name}`);
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const xcp = (
  args: readonly string[],
  more: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> => runProgram(args, { cwd: folder, ...more, env: { ...env, ...more.env } });

const done = async (...args: readonly string[]): Promise<string> => {
  const said = await xcp(args);
  expect([args, said.stderr, said.exit]).toEqual([args, '', 0]);
  return said.stdout;
};

/** A command that goes on until it is ended, with what it has said. */
const follow = (
  args: readonly string[],
): { readonly child: ChildProcess; readonly until: (pattern: RegExp) => Promise<string>; readonly ended: Promise<number | null> } => {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const waiting: (() => void)[] = [];
  const ended = Promise.withResolvers<number | null>();
  child.stdout.on('data', chunk => {
    said += String(chunk);
    for (const wake of waiting.splice(0)) wake();
  });
  child.once('close', code => ended.resolve(code));
  const until = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(said)) {
      await Promise.race([
        new Promise<void>(wake => waiting.push(wake)),
        ended.promise.then(code => Promise.reject(new Error(`ended with ${code}: ${said}`))),
      ]);
    }
    return said;
  };
  return { child, until, ended: ended.promise };
};

describe('data', () => {
  const select = ['vm-list', 'name-label=one', '--select', 'name-label,power-state,VCPUs-max,is-a-template,resident-on,tags,platform:nx'];

  test.each([
    [
      'json',
      '[\n  {\n    "name-label": "one",\n    "power-state": "halted",\n    "VCPUs-max": 1,\n    "is-a-template": false,\n    "resident-on": null,\n    "tags": [],\n    "platform:nx": "true"\n  }\n]\n',
    ],
    [
      'ndjson',
      '{"name-label":"one","power-state":"halted","VCPUs-max":1,"is-a-template":false,"resident-on":null,"tags":[],"platform:nx":"true"}\n',
    ],
    ['csv', 'name-label,power-state,VCPUs-max,is-a-template,resident-on,tags,platform:nx\r\none,halted,1,false,,,true\r\n'],
    ['value', 'one\thalted\t1\tfalse\t\t\ttrue\n'],
  ])('as %s', async (format, wanted) => {
    expect(await done(...select, '-o', format)).toBe(wanted);
  });

  test('as YAML that reads back, and as a table', async () => {
    expect(await done(...select, '-o', 'yaml')).toContain(
      '- name-label: one\n  power-state: halted\n  VCPUs-max: 1\n  is-a-template: false\n',
    );
    expect(await done(...select, '-o', 'table')).toMatch(/name-label\s+power-state[^]*one\s+halted/i);
  });

  test('a field that is not there is named, with those that are', async () => {
    const said = await xcp(['vm-list', '--select', 'nam-label']);
    expect(said).toMatchObject({ exit: 1, stdout: '' });
    expect(said.stderr).toContain("There is no field 'nam-label': there are uuid, ");
  });

  test('a form that is not there is an error of use', async () => {
    expect(await xcp(['vm-list', '-o', 'xml'])).toMatchObject({ exit: 2, stdout: '' });
  });
});

describe('lists that go on', () => {
  test('--watch tells each change as it comes, and ends by Ctrl-C', async () => {
    const { child, until, ended } = follow(['network-list', '--watch', '-o', 'ndjson', '--select', 'name-label,tags']);
    const before = await until(/"event":"add"/);
    expect(before).not.toContain('watched');
    const uuid = (await done('network-create', 'name-label=watched')).trim();
    await until(/\{"event":"add","record":\{"name-label":"watched","tags":\[\]\}\}\n/);
    await done('network-param-add', `uuid=${uuid}`, 'param-name=tags', 'param-key=seen');
    await until(/\{"event":"mod","record":\{"name-label":"watched","tags":\["seen"\]\}\}\n/);
    await done('network-destroy', `uuid=${uuid}`);
    await until(/\{"event":"del","record":\{"name-label":"watched"/);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  test('--wait returns when something matches', async () => {
    const { until, ended } = follow([
      'vm-list',
      'name-label=one',
      'power-state=running',
      '--wait',
      '-o',
      'value',
      '--select',
      'name-label',
      '--timeout',
      '60',
    ]);
    await done('vm-start', 'vm=one');
    await until(/^one\n$/);
    expect(await ended).toBe(0);
    await done('vm-shutdown', 'vm=one', '--force');
  });

  test('--wait hears what a guest tells of itself, which stands in another object', async () => {
    const filters = ['name-label=one', 'PV-drivers-up-to-date=true'];
    const { until, ended } = follow(['vm-list', ...filters, '--wait', '-o', 'value', '--select', 'os-version', '--timeout', '60']);
    await done('vm-start', 'vm=one');
    await until(/Simulated guest/);
    expect(await ended).toBe(0);
    await done('vm-shutdown', 'vm=one', '--force');
  });

  test('--timeout ends the wait with its own exit code', async () => {
    const said = await xcp(['vm-list', 'name-label=never', '--wait', '--timeout', '1']);
    expect(said).toMatchObject({ exit: 7, stdout: '' });
    expect(said.stderr).toContain('Nothing matched in time');
  });

  test('--timeout ends a command that waits for the server', async () => {
    const started = performance.now();
    const said = await xcp(['event-wait', 'class=vm', 'name-label=never', '--timeout', '1']);
    expect(said.exit).toBe(7);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test('they are for lists', async () => {
    expect(await xcp(['vm-start', 'vm=one', '--watch'])).toMatchObject({ exit: 2 });
  });
});

describe('several objects', () => {
  test('--parallel prints a line for each, and the exit code says that some failed', async () => {
    await done('vm-start', 'vm=two');
    const said = await xcp(['vm-start', 'is-control-domain=false', '--multiple', '--parallel', '3']);
    expect(said.exit).toBe(8);
    expect(said.stdout.split('\n').filter(line => line.includes('): ok'))).toHaveLength(2);
    expect(said.stdout).toMatch(/ \(two\): failed: The VM is in another power state/);
    const typed = await xcp(['vm-shutdown', '--multiple', '--force', '--parallel', '2', '-o', 'json', '--select', 'name,ok']);
    expect(typed.exit).toBe(0);
    expect(JSON.parse(typed.stdout)).toHaveLength(3);
  });

  test('without --multiple it is refused', async () => {
    const said = await xcp(['vm-start', '--parallel', '2']);
    expect(said.stderr).toContain('--multiple required');
    expect(said.exit).not.toBe(0);
  });
});

describe('names', () => {
  test('stand where uuids do', async () => {
    expect(await done('vm-param-get', 'uuid=one', 'param-name=name-label')).toBe('one\n');
  });

  test('one that several have is told with the candidates', async () => {
    const uuids = [(await done('network-create', 'name-label=twin')).trim(), (await done('network-create', 'name-label=twin')).trim()];
    const said = await xcp(['network-param-list', 'uuid=twin', '-o', 'json']);
    expect(said.exit).toBe(5);
    expect(said.stderr).toContain("2 objects of class network are called 'twin'");
    for (const uuid of uuids) expect(said.stderr).toContain(uuid);
  });

  test('are none for a program called xe', async () => {
    const said = await runProgram(['vm-param-get', 'uuid=one', 'param-name=name-label'], { env, called: 'xe' });
    expect(said.exit).toBe(1);
    expect(said.stderr).toContain('type: VM\nuuid: one\n');
  });
});

describe('batches', () => {
  test('all lines are checked before the first is sent', async () => {
    const said = await xcp(['batch', '-f', '-'], {
      stdin: "network-create name-label=batch1\nvm-strat vm=one\n# a note\nvlan-create\nnetwork-create name-label='open\n",
    });
    expect(said).toMatchObject({ exit: 1, stdout: '' });
    expect(said.stderr).toBe(
      'line 2: Unknown command: vm-strat\nline 4: Required parameter not found: pif-uuid\nline 5: A quote is left open\n',
    );
    expect(await done('network-list', 'name-label=batch1', '--minimal')).toBe('\n');
  });

  test('what the lines say comes in their order, failures with their number', async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `network-create name-label='batch ${i}'`);
    const said = await xcp(['batch', '-f', '-', '-o', 'value'], {
      stdin: [...lines, 'vm-param-list uuid=nobody', 'wait', 'network-list name-label="batch 7" -o value --select name-label'].join('\n'),
    });
    expect(said.exit).toBe(8);
    expect(said.stderr).toMatch(/^line 21: /);
    expect(said.stdout.trim().split('\n')).toHaveLength(21);
    expect(said.stdout.trim().split('\n').at(-1)).toBe('batch 7');
  });
});

describe('plugins', () => {
  test('an executable on the path is a command, with its arguments, its input and its exit code', async () => {
    const path = join(folder, 'bin', 'xcp-hello');
    await writeFile(path, '#!/bin/sh\nread -r line\necho "hello $1 $2 $line $XCP_SERVER"\nexit 7\n');
    await chmod(path, 0o755);
    const said = await xcp(['hello', 'big world', '--loud'], { stdin: 'typed\n' });
    expect(said).toEqual({ exit: 7, stdout: `hello big world --loud typed ${host.server}\n`, stderr: '' });
  });

  test('none takes the place of a command, comes from where the user stands, or is there for xe', async () => {
    for (const [name, where] of [
      ['vm-list', 'bin'],
      ['here', '.'],
    ] as const) {
      await writeFile(join(folder, where, `xcp-${name}`), '#!/bin/sh\necho plugin\n');
      await chmod(join(folder, where, `xcp-${name}`), 0o755);
    }
    expect(await done('vm-list', '--minimal')).not.toContain('plugin');
    expect(await xcp(['here'], { env: { PATH: `.:${process.env['PATH']}` } })).toMatchObject({ exit: 1, stdout: '' });
    expect(await runProgram(['hello'], { env, called: 'xe' })).toMatchObject({
      exit: 1,
      stderr: "Unknown command: hello\nFor usage run: 'xe help'\n",
    });
  });
});

describe('explanations', () => {
  test('of an error', async () => {
    const said = await done('explain', 'VM_BAD_POWER_STATE');
    expect(said).toMatch(/error\s*: VM_BAD_POWER_STATE/);
    expect(said).toMatch(/parameters\s*: vm, expected, actual/);
    expect(said).toMatch(/exit-code\s*: 6 /);
  });

  test('of one that is not there: those that are near', async () => {
    const said = await xcp(['explain', 'BAD_POWER']);
    expect(said.exit).toBe(1);
    expect(said.stderr).toContain('VM_BAD_POWER_STATE');
  });

  test('of a task that failed: why, in words and by name', async () => {
    const { HttpTransport } = await import('../../../src/client/transport.ts');
    const { login } = await import('../../../src/client/session.ts');
    await using session = await login(new HttpTransport({ kind: 'unix', path: host.server.slice('unix:'.length) }), {
      userName: 'root',
      password: '',
    });
    const [vm] = await session.call('VM.get_by_name_label', { label: 'one' });
    if (vm === undefined) throw new Error('no VM');
    const task = await session.start('VM.resume', { vm, start_paused: false, force: false });
    while ((await session.call('task.get_status', { self: task })) === 'pending') await new Promise(setImmediate);
    const said = await done('explain', await session.call('task.get_uuid', { self: task }));
    expect(said).toMatch(/status\s*: failure/);
    expect(said).toMatch(/why\s*: .*\(one\); expected: suspended; actual: /);
  });
});

describe('profiles', () => {
  test('say where the server is, which form the output has and what a word stands for', async () => {
    const home = await mkdtemp(join(tmpdir(), 'xcp-profile-'));
    await mkdir(join(home, '.config', 'xcp'), { recursive: true });
    const path = join(home, '.config', 'xcp', 'config.yaml');
    await writeFile(
      path,
      `default-profile: lab\nprofiles:\n  lab: { server: "${host.server}", exit-codes: true }\n  off: { server: "unix:/nowhere" }\naliases:\n  names: vm-list params=name-label --minimal\n`,
      { mode: 0o600 },
    );
    const run = (args: readonly string[]): Promise<Outcome> =>
      runProgram(args, { env: { HOME: home, XCP_SERVER: 'unix:/nowhere-either' } });
    expect(
      (await run(['names'])).stdout
        .split(',')
        .map(each => each.trim())
        .toSorted(),
    ).toEqual(expect.arrayContaining(['one', 'three', 'two']));
    expect(await run(['vm-list', '--profile', 'off'])).toMatchObject({ exit: 3 });
    expect(await run(['vm-param-list', 'uuid=00000000-dead-beef-0000-000000000000'])).toMatchObject({ exit: 5 });
    await chmod(path, 0o666);
    expect((await run(['names'])).stderr).toContain('could have been written by another user');
    await rm(home, { recursive: true });
  });
});
