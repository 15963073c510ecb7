// Questions to a switch's control socket, against a server that answers as it likes.

import { createServer, type Server, type Socket } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { askSwitch, controlSocket } from '../../../src/drivers/network/ovs/unixctl.ts';
import { JsonObjectSplitter } from '../../../src/wire/ovsdb.ts';

let folder: string;
let path: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xcp-unixctl-'));
  path = join(folder, 'ovs-vswitchd.ctl');
});
afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

type Message = Readonly<Record<string, unknown>>;

const serve = (answer: (message: Message, socket: Socket) => void): Promise<void> => {
  server = createServer(socket => {
    const splitter = new JsonObjectSplitter();
    socket.on('data', piece => {
      for (const message of splitter.push(piece)) answer(message, socket);
    });
    socket.on('error', () => undefined); // whoever asked has gone
  });
  return new Promise(resolve => server?.listen(path, resolve));
};

const ask = (...commands: readonly string[]) =>
  askSwitch(
    path,
    commands.map(command => ({ command, args: ['bond0'] })),
    { timeoutMs: 300 },
  );

test('answers come in the order of the questions, however they were given', async () => {
  await serve(({ id, method, params }, socket) => {
    const reply =
      method === 'bad' ? { id, result: null, error: 'no such bond\n' } : { id, result: `${String(method)} ${String(params)}`, error: null };
    const text = JSON.stringify(reply);
    // In two pieces, the later question first.
    setTimeout(
      () => {
        socket.write(text.slice(0, 7));
        socket.write(text.slice(7));
      },
      id === 0 ? 20 : 0,
    );
  });
  expect(await ask('one', 'bad', 'two')).toEqual([
    { kind: 'text', text: 'one bond0' },
    { kind: 'refused', reason: 'no such bond' },
    { kind: 'text', text: 'two bond0' },
  ]);
  expect(await ask()).toEqual([]);
});

test('a switch that is not there, hangs up, is silent, or speaks nonsense', async () => {
  await expect(ask('one')).rejects.toMatchObject({ kind: 'unreachable' });
  await serve((_, socket) => socket.end());
  await expect(ask('one')).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/closed/) });
  server?.close();
  await rm(path, { force: true });
  await serve(() => undefined);
  await expect(ask('one')).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/in time/) });
  server?.close();
  await rm(path, { force: true });
  await serve((_, socket) => socket.write('HTTP/1.1 400 Bad Request'));
  await expect(ask('one')).rejects.toMatchObject({ kind: 'failed' });
});

test('an abort ends the waiting with its reason', async () => {
  await serve(() => undefined);
  const reason = new Error('enough');
  const end = new AbortController();
  const asked = askSwitch(path, [{ command: 'one', args: [] }], { signal: end.signal });
  end.abort(reason);
  await expect(asked).rejects.toBe(reason);
  await expect(askSwitch(path, [{ command: 'one', args: [] }], { signal: end.signal })).rejects.toBe(reason);
});

test('the socket is found by the process id, or by its plain name', async () => {
  await expect(controlSocket(folder)).rejects.toMatchObject({ kind: 'unreachable' });
  await writeFile(path, '');
  expect(await controlSocket(folder)).toBe(path);
  await writeFile(join(folder, 'ovs-vswitchd.pid'), '4711\n');
  expect(await controlSocket(folder)).toBe(path);
  await writeFile(join(folder, 'ovs-vswitchd.4711.ctl'), '');
  expect(await controlSocket(folder)).toBe(join(folder, 'ovs-vswitchd.4711.ctl'));
});
