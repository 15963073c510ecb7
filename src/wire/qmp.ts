// QMP, the QEMU Machine Protocol, and the guest agent's protocol, which has the same shape: JSON objects, one a line.
// Bytes in, messages out; no socket. A line longer than the bound is an error, since the other end is a guest's process or the guest itself.

import type { Json, JsonObject } from '../lib/json.ts';
import { ProtocolError } from './protocol-error.ts';

export type QmpMessage =
  | { readonly kind: 'greeting'; readonly version: string; readonly capabilities: readonly string[] }
  | { readonly kind: 'return'; readonly id: Json; readonly value: Json }
  | { readonly kind: 'error'; readonly id: Json; readonly errorClass: string; readonly description: string }
  | { readonly kind: 'event'; readonly name: string; readonly data: JsonObject; readonly timestampMs: number };

export const MAX_LINE_BYTES = 16 << 20;
const NEWLINE = 0x0a;
/** The agent sends this byte before a delimited answer, so that what a reader missed earlier can be thrown away. */
const SENTINEL = 0xff;

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);

/** Cuts a byte stream into lines, whatever its pieces; keeps only the unread tail. */
export class LineSplitter {
  readonly #maxBytes: number;
  #tail: Uint8Array[] = [];
  #tailBytes = 0;

  constructor(maxBytes = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that this piece completes, without their ends. Throws ProtocolError when a line has no end within the bound. */
  push(piece: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.#keep(piece.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    this.#keep(piece.subarray(start));
    return lines;
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#tailBytes += part.length;
    if (this.#tailBytes > this.#maxBytes) throw new ProtocolError(`a line is longer than ${this.#maxBytes} bytes`);
    this.#tail.push(Uint8Array.from(part));
  }

  #take(): string {
    const whole = Buffer.concat(this.#tail);
    this.#tail = [];
    this.#tailBytes = 0;
    const from = whole.lastIndexOf(SENTINEL) + 1;
    return whole.toString('utf8', from).trim();
  }
}

/** Decodes one line; undefined for an empty one. Throws ProtocolError for what is no QMP message. */
export const decodeMessage = (line: string): QmpMessage | undefined => {
  if (line === '') return undefined;
  const message = parseJson(line);
  if (!isObject(message)) throw new ProtocolError('a QMP message is an object');
  const greeting = message['QMP'];
  if (isObject(greeting)) return decodeGreeting(greeting);
  if ('return' in message) return { kind: 'return', id: message['id'] ?? null, value: message['return'] ?? null };
  const error = message['error'];
  if (isObject(error)) {
    return { kind: 'error', id: message['id'] ?? null, errorClass: textOf(error['class']), description: textOf(error['desc']) };
  }
  if (typeof message['event'] === 'string') return decodeEvent(message['event'], message);
  throw new ProtocolError('a QMP message is a greeting, an answer or an event');
};

const parseJson = (line: string): Json => {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new ProtocolError('a QMP message is JSON', undefined, { cause });
  }
};

const decodeGreeting = (greeting: JsonObject): QmpMessage => {
  const version = isObject(greeting['version']) ? greeting['version'] : {};
  const qemu = isObject(version['qemu']) ? version['qemu'] : {};
  const capabilities = Array.isArray(greeting['capabilities']) ? greeting['capabilities'].filter(each => typeof each === 'string') : [];
  return { kind: 'greeting', version: `${numberOf(qemu['major'])}.${numberOf(qemu['minor'])}.${numberOf(qemu['micro'])}`, capabilities };
};

const decodeEvent = (name: string, message: JsonObject): QmpMessage => {
  const stamp = isObject(message['timestamp']) ? message['timestamp'] : {};
  const timestampMs = numberOf(stamp['seconds']) * 1000 + numberOf(stamp['microseconds']) / 1000;
  return { kind: 'event', name, data: isObject(message['data']) ? message['data'] : {}, timestampMs };
};

/** `outOfBand` commands are answered even while QEMU's main loop is blocked; only a few may be sent so. */
export const encodeCommand = (command: string, id: number, args: JsonObject, outOfBand: boolean): string =>
  `${JSON.stringify({ [outOfBand ? 'exec-oob' : 'execute']: command, arguments: args, id })}\n`;
