// Asks the agent in a guest about itself: one question a line over the agent's socket, which serves one client at a time.
// A guest wrote the answers: each is bounded, each text is checked and cut.

import type { Socket } from 'node:net';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { decodeMessage, LineSplitter } from '../../../wire/qmp.ts';
import { DriverError, type GuestMetrics } from '../../hypervisor.ts';
import { objectOf, objectsOf, textOf } from '../qmp/answers.ts';
import { openSocket } from '../qmp/monitor.ts';

/** A guest without an agent costs this much, no more; one that is emulated on a busy machine needs most of it. */
const AGENT_TIMEOUT_MS = 4_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_TEXT = 256;
const MAX_ADDRESSES = 16;

/** Printable text of a guest, cut. */
const guestText = (value: Json | undefined): string =>
  textOf(value)
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '')
    .slice(0, MAX_TEXT);

class Conversation {
  readonly #socket: Socket;
  readonly #splitter = new LineSplitter(MAX_ANSWER_BYTES);
  #answer = Promise.withResolvers<Json>();

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    const fail = (reason: unknown): void => {
      this.#answer.promise.catch(() => undefined);
      this.#answer.reject(reason);
    };
    socket.on('data', piece => this.#read(piece, fail));
    socket.on('error', fail);
    socket.on('close', () => fail(new DriverError('unreachable', 'the agent’s socket closed')));
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  }

  #read(piece: Uint8Array, fail: (reason: unknown) => void): void {
    try {
      for (const line of this.#splitter.push(piece)) {
        const message = decodeMessage(line);
        if (message?.kind === 'return') this.#answer.resolve(message.value);
        if (message?.kind === 'error') fail(new DriverError('unsupported', message.description.slice(0, MAX_TEXT)));
      }
    } catch (error) {
      fail(error);
    }
  }

  ask(question: string, args?: JsonObject): Promise<Json> {
    this.#answer = Promise.withResolvers<Json>();
    this.#socket.write(`${JSON.stringify({ execute: question, ...(args && { arguments: args }) })}\n`);
    return this.#answer.promise;
  }

  /** A question that an agent need not know. */
  async askIfKnown(question: string): Promise<Json> {
    try {
      return await this.ask(question);
    } catch (error) {
      if (error instanceof DriverError && error.kind === 'unsupported') return null;
      throw error;
    }
  }
}

/** What an earlier, interrupted conversation may have left is skipped: only the number just given is the answer. */
const synchronise = async (conversation: Conversation): Promise<void> => {
  const number = Math.floor(Math.random() * 2 ** 30);
  while ((await conversation.ask('guest-sync', { id: number })) !== number);
};

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** Numbers of the guest's cards by their MAC addresses, as the host knows them. */
export type CardNumbers = ReadonlyMap<string, string>;

/** From the agent's list of interfaces to XenAPI's keys: `0/ip`, `0/ipv4/0`, `0/ipv6/0`. Pure. */
export const networkMetrics = (interfaces: Json, cards: CardNumbers): Readonly<Record<string, string>> => {
  const networks: Record<string, string> = {};
  for (const card of objectsOf(interfaces)) {
    const mac = textOf(card['hardware-address']).toLowerCase();
    const number = MAC.test(mac) ? cards.get(mac) : undefined;
    if (number === undefined) continue;
    const counts = { ipv4: 0, ipv6: 0 };
    for (const entry of objectsOf(card['ip-addresses']).slice(0, MAX_ADDRESSES)) {
      const family = entry['ip-address-type'] === 'ipv4' ? 'ipv4' : 'ipv6';
      const address = textOf(entry['ip-address']);
      if (!/^[0-9a-f.:]{2,45}$/i.test(address)) continue;
      if (family === 'ipv4' && counts.ipv4 === 0) networks[`${number}/ip`] = address;
      networks[`${number}/${family}/${counts[family]}`] = address;
      counts[family] += 1;
    }
  }
  return networks;
};

const osVersion = (info: JsonObject): Readonly<Record<string, string>> => {
  const fields = {
    name: info['pretty-name'] ?? info['name'],
    uname: info['kernel-release'],
    distro: info['id'],
    major: info['version-id'],
  };
  const known = Object.entries(fields).map(([key, value]) => [key, guestText(value)] as const);
  return Object.fromEntries(known.filter(([, text]) => text !== ''));
};

const converse = async (socket: Socket, signal: AbortSignal, cards: CardNumbers): Promise<GuestMetrics> => {
  const conversation = new Conversation(socket, signal);
  await synchronise(conversation);
  const info = objectOf(await conversation.askIfKnown('guest-info'));
  const os = objectOf(await conversation.askIfKnown('guest-get-osinfo'));
  const interfaces = await conversation.askIfKnown('guest-network-get-interfaces');
  return { agentVersion: guestText(info['version']), osVersion: osVersion(os), networks: networkMetrics(interfaces, cards) };
};

/** Undefined when no agent answers in time: no agent, one that is busy with another client, or one that talks nonsense. */
export const askAgent = async (socketPath: string, cards: CardNumbers): Promise<GuestMetrics | undefined> => {
  const signal = AbortSignal.timeout(AGENT_TIMEOUT_MS);
  const socket = await openSocket(socketPath, signal).catch(() => undefined);
  if (socket === undefined) return undefined;
  try {
    return await converse(socket, signal, cards).catch(() => undefined);
  } finally {
    socket.destroy();
  }
};
