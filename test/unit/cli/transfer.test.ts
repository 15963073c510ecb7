// Whole files to and from a server: what arrives under its name is whole, what fails leaves nothing, and the server's reason is told.

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { HttpTransport } from '../../../src/client/transport.ts';
import { runCli } from '../../../src/cli/main.ts';
import { type FileServerOptions, startFileServer } from '../../support/file-server.ts';
import { testIo, type TestIo } from '../../support/test-io.ts';

const root = await mkdtemp(join(tmpdir(), 'xcp-transfer-'));
afterAll(() => rm(root, { recursive: true }));

const OK = 'HTTP/1.1 200 OK\r\nconnection: close\r\n';

/** Runs one command against a server of its own, in a folder of its own. */
const command = async (
  options: FileServerOptions & { readonly stdin?: string; readonly prepare?: (folder: string) => Promise<unknown> },
  args: (folder: string) => readonly string[],
): Promise<{
  exit: number;
  io: TestIo;
  folder: string;
  files: readonly string[];
  requests: readonly string[];
  heads: readonly string[];
  received: string;
}> => {
  const folder = await mkdtemp(join(root, 'case-'));
  await options.prepare?.(folder);
  const place = await mkdtemp(join(root, 's-'));
  await using server = await startFileServer(place, options);
  const transport = new HttpTransport({ kind: 'unix', path: server.path });
  const io = testIo({ transport, env: { HOME: place }, ...(options.stdin !== undefined && { stdin: options.stdin }) });
  const exit = await runCli(args(folder), io);
  return { exit, io, folder, files: await readdir(folder), requests: server.requests, heads: server.heads, received: server.received() };
};

const save = (folder: string): readonly string[] => ['vdi-export', 'uuid=u', `filename=${join(folder, 'out')}`];
const fill = (folder: string): readonly string[] => ['vdi-import', 'uuid=u', `filename=${join(folder, 'in')}`];

describe('a file that is fetched', () => {
  test('is whole, for its owner alone, and nothing lies beside it', async () => {
    const { exit, io, folder, files, requests } = await command({ get: `${OK}content-length: 5\r\n\r\nbytes` }, save);
    expect([exit, io.output.stderr, files]).toEqual([0, '', ['out']]);
    expect(await readFile(join(folder, 'out'), 'utf8')).toBe('bytes');
    expect((await stat(join(folder, 'out'))).mode & 0o777).toBe(0o600);
    expect(requests[0]).toMatch(/^GET \/export_raw_vdi\?vdi=object-ref&format=raw&session_id=session-ref&task_id=task-ref HTTP\/1\.0$/);
  });

  test('may end with the connection where the server tells no length', async () => {
    const { exit, folder } = await command({ get: `${OK}\r\nall there is` }, save);
    expect([exit, await readFile(join(folder, 'out'), 'utf8')]).toEqual([0, 'all there is']);
  });

  test('goes to stdout for an empty name', async () => {
    const { exit, io, files } = await command({ get: `${OK}\r\nbytes` }, () => ['vdi-export', 'uuid=u', 'filename=']);
    expect([exit, io.output.stdout, files]).toEqual([0, 'bytes', []]);
  });

  test('is not written over a file that exists', async () => {
    const prepare = (folder: string): Promise<void> => writeFile(join(folder, 'out'), 'mine');
    const { exit, io, folder } = await command({ get: `${OK}\r\nbytes`, prepare }, save);
    expect([exit, io.output.stderr]).toEqual([1, `Operation failed. Error: ${join(folder, 'out')}: File exists\n`]);
    expect(await readFile(join(folder, 'out'), 'utf8')).toBe('mine');
  });

  test.each([
    ['the connection ends too early', { get: `${OK}content-length: 50\r\n\r\nbytes` }, 'Lost connection to the server.\n'],
    ['the server has no such file', { get: 'HTTP/1.1 404 Not Found\r\n\r\n' }, 'Error: The server refuses this transfer: 404 Not Found\n'],
    [
      'the task failed, though bytes came',
      { get: `${OK}\r\nbytes`, task: { status: 'failure', error_info: ['VDI_IN_USE', 'r', 'export'] } },
      'The disk is in use.\nvdi: r\noperation: export\n',
    ],
  ] as const)('leaves nothing when %s', async (_what, options, stderr) => {
    const { exit, io, files } = await command(options, save);
    expect([exit, io.output.stderr, files]).toEqual([1, stderr, []]);
  });
});

describe('a download that breaks', () => {
  const head = (status: string, length: number, more = ''): string =>
    `HTTP/1.1 ${status}\r\naccept-ranges: bytes\r\netag: "e1"\r\ncontent-length: ${length}\r\n${more}\r\n`;
  const part = (from: number, text: string): string =>
    `${head('206 Partial Content', text.length, `content-range: bytes ${from}-10/11\r\n`)}${text}`;

  test('goes on where it was, as often as it has to', async () => {
    const get = [`${head('200 OK', 11)}hel`, `${part(3, 'lo world').slice(0, -4)}`, part(7, 'orld')];
    const { exit, io, folder, files, heads } = await command({ get }, save);
    expect([exit, io.output.stderr, files]).toEqual([0, '', ['out']]);
    expect(await readFile(join(folder, 'out'), 'utf8')).toBe('hello world');
    expect(heads.map(text => /range: (\S+)\r\nif-range: (\S+)/.exec(text)?.slice(1))).toEqual([
      undefined,
      ['bytes=3-', '"e1"'],
      ['bytes=7-', '"e1"'],
    ]);
  });

  test('begins anew where the file was changed, if nothing is out yet', async () => {
    const get = [`${head('200 OK', 11)}hel`, `${head('200 OK', 5).replace('e1', 'e2')}other`];
    const { exit, folder } = await command({ get }, save);
    expect([exit, await readFile(join(folder, 'out'), 'utf8')]).toEqual([0, 'other']);
    const out = await command({ get }, () => ['vdi-export', 'uuid=u', 'filename=']);
    expect([out.exit, out.io.output.stdout]).toEqual([1, 'hel']);
    expect(out.io.output.stderr).toMatch(/was changed at the server/);
  });

  test('goes on to stdout too', async () => {
    const { exit, io } = await command({ get: [`${head('200 OK', 11)}hel`, part(3, 'lo world')] }, () => [
      'vdi-export',
      'uuid=u',
      'filename=',
    ]);
    expect([exit, io.output.stdout]).toEqual([0, 'hello world']);
  });

  test('is given up where the server gives no parts, or another part', async () => {
    const other = await command({ get: [`${head('200 OK', 11)}hel`, part(5, ' world')] }, save);
    expect([other.exit, other.files]).toEqual([1, []]);
    expect(other.io.output.stderr).toMatch(/another part|not.*XenAPI/i);
  });

  test('is given up when the task failed', async () => {
    const task = { status: 'failure', error_info: ['VDI_IO_ERROR', 'the disk is broken'] } as const;
    const { exit, heads, files } = await command({ get: `${head('200 OK', 11)}hel`, task }, save);
    expect([exit, heads.length, files]).toEqual([1, 1, []]);
  });
});

describe('a file that is sent', () => {
  const prepare = (folder: string): Promise<void> => writeFile(join(folder, 'in'), 'x'.repeat(300_000));

  test('arrives whole', async () => {
    const { exit, io, received, requests } = await command({ prepare }, fill);
    expect([exit, io.output.stderr, received.length]).toEqual([0, '', 300_000]);
    expect(requests[0]).toMatch(/^PUT \/import_raw_vdi\?vdi=object-ref&format=raw&/);
  });

  test('comes from stdin for an empty name, and ends with it', async () => {
    const { exit, received } = await command({ stdin: 'typed' }, () => ['vdi-import', 'uuid=u', 'filename=']);
    expect([exit, received]).toEqual([0, 'typed']);
  });

  test('is missed before anything is sent', async () => {
    const { exit, io, folder, requests } = await command({}, fill);
    expect([exit, io.output.stderr]).toEqual([1, `Operation failed. Error: ${join(folder, 'in')}: No such file or directory\n`]);
    expect(requests).toEqual([]);
  });

  test('fails with the reason of its task', async () => {
    const { exit, io } = await command({ prepare, task: { status: 'failure', error_info: ['VDI_TOO_SMALL', 'r'] } }, fill);
    expect([exit, io.output.stderr.split('\n')[0]]).toEqual([1, 'The disk is too small.']);
  });
});
