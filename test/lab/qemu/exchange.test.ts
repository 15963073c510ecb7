// Disks as files, through the program, with real images: what goes out is what is on the disk, what comes in is on it; and what goes
// wrong leaves the disk, the folder of the user and the host as they were.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { login } from '../../../src/client/session.ts';
import { HttpTransport } from '../../../src/client/transport.ts';
import { type Outcome, runProgram, type SimulatedHost, startHostWithDisks } from '../../support/program.ts';

const run = promisify(execFile);
const program = process.env['XCP_PROGRAM'] ?? resolve(import.meta.dirname, '../../../bin/xcp');
const MIB = 1024 ** 2;
const SIZE = 24 * MIB;

let folder: string;
let host: SimulatedHost;
let disk: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-exchange-'));
  host = await startHostWithDisks(folder);
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  disk = (await xcp('vdi-create', 'sr-uuid=Local storage', 'name-label=disk', `virtual-size=${SIZE}`)).stdout.trim();
});

const xcp = (...args: readonly string[]): Promise<Outcome> =>
  runProgram(args, { env: { XCP_SERVER: host.server, HOME: folder }, cwd: folder, timeoutMs: 60_000 });

const good = async (...args: readonly string[]): Promise<void> => {
  const said = await xcp(...args);
  expect([args, said.stderr, said.exit]).toEqual([args, '', 0]);
};

/** Data, holes and data again. */
const content = (): Buffer => Buffer.concat([randomBytes(5 * MIB), Buffer.alloc(9 * MIB), randomBytes(SIZE - 14 * MIB)]);

const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What is on the disk. */
const onDisk = async (): Promise<string> => {
  await rm(join(folder, 'look.raw'), { force: true });
  await good('vdi-export', `uuid=${disk}`, 'filename=look.raw');
  return sum(await readFile(join(folder, 'look.raw')));
};

const files = async (): Promise<readonly string[]> => (await readdir(folder)).toSorted();
const spooled = async (): Promise<readonly string[]> => await readdir(join(folder, 'state', 'spool'));

test.each([
  ['raw', 'raw'],
  ['vhd', 'vpc'],
  ['qcow2', 'qcow2'],
])('%s: in and out again, as QEMU reads it', async (format, driver) => {
  const bytes = content();
  await writeFile(join(folder, 'in.raw'), bytes);
  await rm(join(folder, 'in'), { force: true });
  const options = format === 'vhd' ? ['-o', 'force_size=on'] : [];
  await run('qemu-img', ['convert', '-f', 'raw', '-O', driver, ...options, join(folder, 'in.raw'), join(folder, 'in')]);
  await good('vdi-import', `uuid=${disk}`, 'filename=in', `format=${format}`);
  expect(await onDisk()).toBe(sum(bytes));
  await rm(join(folder, 'out'), { force: true });
  await good('vdi-export', `uuid=${disk}`, 'filename=out', `format=${format}`);
  const compared = await run('qemu-img', ['compare', '-f', 'raw', '-F', driver, join(folder, 'in.raw'), join(folder, 'out')]);
  expect(compared.stdout).toContain('identical');
  expect(await spooled()).toEqual([]);
});

test('through stdin and stdout', async () => {
  const bytes = content();
  await writeFile(join(folder, 'in.raw'), bytes);
  const command = `"${program}" vdi-import uuid=${disk} filename=- <in.raw && "${program}" vdi-export uuid=${disk} filename= | sha256sum`;
  const { stdout } = await run('sh', ['-c', command], { cwd: folder, env: { ...process.env, XCP_SERVER: host.server, HOME: folder } });
  expect(stdout.split(' ')[0]).toBe(sum(bytes));
});

test('the bar of --progress is drawn to its end', async () => {
  await rm(join(folder, 'bar'), { force: true });
  const said = await xcp('vdi-export', `uuid=${disk}`, 'filename=bar', '--progress');
  expect(said.exit).toBe(0);
  expect(said.stderr).toMatch(/100%[^]*\nTotal time: /);
});

describe('refused, with the disk as it was', () => {
  let before: string;
  beforeEach(async () => {
    await writeFile(join(folder, 'in.raw'), content());
    await good('vdi-import', `uuid=${disk}`, 'filename=in.raw');
    before = await onDisk();
  });

  test.each([
    [
      'a file that is larger than the disk',
      'raw',
      () => writeFile(join(folder, 'bad'), Buffer.alloc(SIZE + 1)),
      /VDI_TOO_LARGE|too large/i,
    ],
    ['an image that is larger than the disk', 'qcow2', () => image('qcow2', ['bad', String(SIZE * 2)]), /too large/i],
    ['an image of another format', 'vhd', () => image('qcow2', ['bad', '1M']), /no whole VHD/],
    [
      'an image that would have another file read',
      'qcow2',
      () => image('qcow2', ['-u', '-b', '/etc/shadow', '-F', 'raw', 'bad', '1M']),
      /stands on another file/,
    ],
    [
      'an image that keeps its data elsewhere',
      'qcow2',
      () => image('qcow2', ['-o', 'data_file=other,data_file_raw=on', 'bad', '1M']),
      /data in another file/,
    ],
  ])('%s', async (_what, format, make, message) => {
    await make();
    const said = await xcp('vdi-import', `uuid=${disk}`, 'filename=bad', `format=${format}`);
    expect(said.exit).toBe(1);
    expect(said.stderr).toMatch(message);
    expect(await onDisk()).toBe(before);
    expect(await spooled()).toEqual([]);
  });

  const image = async (format: string, args: readonly string[]): Promise<void> => {
    await run('qemu-img', ['create', '-q', '-f', format, ...args], { cwd: folder });
  };

  test('an upload that breaks off', async () => {
    await using session = await login(new HttpTransport({ kind: 'unix', path: host.server.slice('unix:'.length) }), {
      userName: 'root',
      password: '',
    });
    const task = await session.call('task.create', { label: 'broken', description: '' });
    const socket = connect(host.server.slice('unix:'.length));
    const query = `session_id=${session.ref}&task_id=${task}&vdi=${disk}&format=raw`;
    socket.write(`PUT /import_raw_vdi?${query} HTTP/1.0\r\ncontent-length: ${SIZE}\r\n\r\n`);
    await new Promise(ready => socket.once('data', ready));
    await new Promise(sent => socket.write(Buffer.alloc(MIB, 7), sent));
    socket.destroy();
    while ((await session.call('task.get_status', { self: task })) === 'pending') await sleep(20);
    expect(await session.call('task.get_status', { self: task })).toBe('failure');
    expect(await onDisk()).toBe(before);
    expect(await spooled()).toEqual([]);
  });

  test('without a session, or for a role that may not', async () => {
    const text = await new Promise<string>(done => {
      const socket = connect(host.server.slice('unix:'.length));
      socket.write(`PUT /import_raw_vdi?session_id=OpaqueRef:none&vdi=nothing&format=raw HTTP/1.0\r\ncontent-length: 1\r\n\r\n`);
      socket.once('data', bytes => done(String(bytes)));
    });
    // Root by the socket needs no session; what it asks for is not there.
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
  });
});

test('a download that is stopped leaves no file, and the host nothing', async () => {
  const big = (await xcp('vdi-create', 'sr-uuid=Local storage', 'name-label=big', 'virtual-size=1GiB')).stdout.trim();
  const before = await files();
  const child: ChildProcess = spawn(program, ['vdi-export', `uuid=${big}`, 'filename=stopped'], {
    cwd: folder,
    env: { ...process.env, XCP_SERVER: host.server, HOME: folder },
  });
  const ended = new Promise<number | null>(done => child.once('close', code => done(code)));
  // It is on its way when the file that is written aside is there.
  while ((await files()).length === before.length) await sleep(20);
  child.kill('SIGINT');
  expect(await ended).toBe(1);
  expect(await files()).toEqual(before);
  while ((await spooled()).length > 0) await sleep(20);
  const again = await xcp('vdi-destroy', `uuid=${big}`);
  expect(again).toMatchObject({ exit: 0 });
}, 120_000);

test('an existing file is not written over', async () => {
  await writeFile(join(folder, 'mine'), 'mine');
  const said = await xcp('vdi-export', `uuid=${disk}`, 'filename=mine');
  expect(said.exit).toBe(1);
  expect(await readFile(join(folder, 'mine'), 'utf8')).toBe('mine');
});
