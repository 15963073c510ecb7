// Asks the agent in a guest about itself: one question a line over the agent's socket, which serves one client at a time.
// A guest wrote the answers: each is bounded, each text is checked and cut.

import type { Socket } from 'node:net';
import type { Json, JsonObject } from '../../../lib/json.ts';
import { ProtocolError } from '../../../wire/protocol-error.ts';
import { decodeMessage, LineSplitter } from '../../../wire/qmp.ts';
import { DriverError, type GuestMetrics } from '../../hypervisor.ts';
import { objectOf, objectsOf, textOf } from '../qmp/answers.ts';
import { openSocket } from '../qmp/monitor.ts';

/** A guest without an agent costs this much, no more; one that is emulated on a busy machine needs most of it. */
const AGENT_TIMEOUT_MS = 4_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_TEXT = 256;
const MAX_STALE_ANSWERS = 64;
const MAX_ADDRESSES = 16;

/** Printable text of a guest, cut. */
const guestText = (value: Json | undefined): string =>
  textOf(value)
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '')
    .slice(0, MAX_TEXT);

/** Null: refused, or not to be understood, as the rest of an answer that was cut off. */
const answerOf = (line: string): Json => {
  try {
    const message = decodeMessage(line);
    return message?.kind === 'return' ? message.value : null;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
};

/** Questions one after the other. The answers are taken in their order, none is dropped: one too many or too few and each would answer the question before. */
class Conversation {
  readonly #socket: Socket;
  readonly #splitter = new LineSplitter(MAX_ANSWER_BYTES);
  readonly #answers: Json[] = [];
  #failed: { readonly reason: unknown } | undefined;
  #wake = (): void => undefined;

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    socket.on('data', piece => this.#read(piece));
    socket.on('error', error => this.#fail(error));
    socket.on('close', () => this.#fail(new DriverError('unreachable', 'the agent’s socket closed')));
    signal.addEventListener('abort', () => this.#fail(signal.reason), { once: true });
  }

  #fail(reason: unknown): void {
    this.#failed ??= { reason };
    this.#wake();
  }

  #read(piece: Uint8Array): void {
    try {
      for (const line of this.#splitter.push(piece)) if (line !== '') this.#answers.push(answerOf(line));
      if (this.#answers.length > MAX_STALE_ANSWERS) throw new DriverError('failed', 'the agent answers what nobody asked');
      this.#wake();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #next(): Promise<Json> {
    for (;;) {
      if (this.#failed) throw this.#failed.reason;
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  #send(question: string, args?: JsonObject): void {
    this.#socket.write(`${JSON.stringify({ execute: question, ...(args && { arguments: args }) })}\n`);
  }

  /** Skips what an earlier, interrupted conversation may have left: the number just given ends it. It is given once, as each question has its answer. */
  async synchronise(): Promise<void> {
    const number = Math.floor(Math.random() * 2 ** 30);
    this.#send('guest-sync', { id: number });
    while ((await this.#next()) !== number);
  }

  /** Null when the agent does not know the question. */
  ask(question: string): Promise<Json> {
    this.#send(question);
    return this.#next();
  }
}

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
  await conversation.synchronise();
  const info = objectOf(await conversation.ask('guest-info'));
  const os = objectOf(await conversation.ask('guest-get-osinfo'));
  const interfaces = await conversation.ask('guest-network-get-interfaces');
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
