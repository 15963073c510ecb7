// An agent's line outlives the conversations on it: what an interrupted one left behind must not answer the next one's questions.

import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { askAgent } from '../../../src/drivers/hypervisor/qemu/agent.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

/** A guest takes its time: no two answers come in one piece. */
const answerMs = 5;
const mac = '02:16:3e:00:00:01';
const answers: Readonly<Record<string, unknown>> = {
  'guest-info': { version: '7.2.0' },
  'guest-get-osinfo': { name: 'Debian', 'pretty-name': 'Debian 12', 'kernel-release': '6.1' },
  'guest-network-get-interfaces': [
    { 'hardware-address': mac, 'ip-addresses': [{ 'ip-address-type': 'ipv4', 'ip-address': '10.0.0.7', prefix: 24 }] },
  ],
};

/** Answers each question once, as an agent does. */
const answer = (socket: Socket, question: string): void => {
  const { execute, arguments: given }: { readonly execute: string; readonly arguments?: JsonObject } = JSON.parse(question);
  const value = execute === 'guest-sync' ? given?.['id'] : answers[execute];
  socket.write(value === undefined ? '{"error": {"class": "CommandNotFound", "desc": "?"}}\n' : `${JSON.stringify({ return: value })}\n`);
};

let folder: string | undefined;
let server: Server | undefined;
afterEach(async () => {
  server?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
  [folder, server] = [undefined, undefined];
});

/** An agent whose line begins with what is left of an earlier conversation. */
const agent = async (left: string): Promise<string> => {
  folder = await mkdtemp(path.join(tmpdir(), 'xcp-agent-'));
  const socketPath = path.join(folder, 'agent.sock');
  server = createServer(socket => {
    socket.write(left);
    let turn = Promise.resolve();
    const lines = createInterface({ input: socket }).on('line', line => {
      turn = turn.then(() => delay(answerMs)).then(() => answer(socket, line));
    });
    // Who asked may have gone.
    for (const each of [socket, lines]) each.on('error', () => socket.destroy());
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return socketPath;
};

const whole = { agentVersion: '7.2.0', networks: { '0/ip': '10.0.0.7', '0/ipv4/0': '10.0.0.7' } };

test.each([
  ['nothing', ''],
  ['the answer to a number', '{"return": 5}\n'],
  ['several answers', '{"return": 5}\n{"return": {"version": "1"}}\n{"return": []}\n'],
  ['a refusal', '{"error": {"class": "CommandNotFound", "desc": "?"}}\n'],
  ['the end of an answer, and an empty line', '"prefix": 64}]}]}\n\n'],
])('after %s was left on the line, each question has its own answer', async (_, left) => {
  expect(await askAgent(await agent(left), new Map([[mac, '0']]))).toMatchObject(whole);
});

test('an agent that talks without end is not listened to', async () => {
  expect(await askAgent(await agent('{"return": 1}\n'.repeat(10_000)), new Map())).toBeUndefined();
});
