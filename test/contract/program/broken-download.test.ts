// A download through a link that breaks: it goes on, and what has the name in the end is the disk, whole.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { upload } from '../../../src/client/files.ts';
import { runProgram, type SimulatedHost, startSimulatedHost } from '../../support/program.ts';

const MIB = 1024 ** 2;
const content = randomBytes(8 * MIB);
const sum = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let host: SimulatedHost;
let link: Server;
const requests: string[] = [];
/** Each answer to a GET is cut after so many bytes, as long as there are any here. */
let cuts: number[] = [];

/** A relay before the host that knows a download by its first word. */
const relay = (client: Socket): void => {
  const server = connect(host.server.slice('unix:'.length));
  let left = Number.POSITIVE_INFINITY;
  client.once('data', head => {
    if (!head.toString('latin1').startsWith('GET')) return;
    requests.push(head.toString('latin1'));
    left = cuts.shift() ?? left;
  });
  client.pipe(server);
  server.on('data', piece => {
    client.write(piece.subarray(0, left));
    left -= piece.length;
    if (left > 0) return;
    // What was sent until then arrives, so that the next request must ask for what comes behind it.
    client.destroySoon();
    server.destroy();
  });
  server.on('end', () => client.end());
  server.on('error', () => client.destroy());
  client.on('error', () => server.destroy());
  client.on('close', () => server.destroy());
};

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

const xcp = (server: string, ...args: readonly string[]) =>
  runProgram(args, { env: { XCP_SERVER: server, HOME: folder }, cwd: folder, timeoutMs: 60_000 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-broken-'));
  host = await startSimulatedHost(folder);
  link = createServer({ allowHalfOpen: true }, relay);
  await new Promise<void>(ready => link.listen(join(folder, 'link'), ready));
}, 60_000);
afterAll(async () => {
  link.close();
  await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('goes on where it was', async () => {
  const sr = (await xcp(host.server, 'sr-list', 'type=file', '--minimal')).stdout.trim();
  const disk = (await xcp(host.server, 'vdi-create', `sr-uuid=${sr}`, 'name-label=disk', `virtual-size=${content.length}`)).stdout.trim();
  const address = { kind: 'unix', path: host.server.slice('unix:'.length) } as const;
  await upload({ address, path: `/import_raw_vdi?vdi=${disk}` }, once(content), content.length);
  cuts = [3 * MIB, 2 * MIB, 100];
  const said = await xcp(`unix:${join(folder, 'link')}`, 'vdi-export', `uuid=${disk}`, 'filename=out');
  expect([said.stderr, said.exit]).toEqual(['', 0]);
  expect(sum(await readFile(join(folder, 'out')))).toBe(sum(content));
  const from = requests.map(head => Number(/^range: bytes=(\d+)-\r$/m.exec(head)?.[1] ?? 0));
  expect(from).toHaveLength(4);
  expect(from[0]).toBe(0);
  expect(from.slice(1).every((start, i) => start >= (from[i] ?? 0))).toBe(true);
  expect(from[2]).toBeGreaterThan(4 * MIB);
  expect((await readdir(folder)).filter(name => name.startsWith('.out'))).toEqual([]);
}, 60_000);
