// OVSDB on the wire (RFC 7047): JSON-RPC objects back to back on a stream, without delimiters, and its values, which wrap what JSON
// has no word for. Bytes in, messages out; no socket.

import type { Json, JsonObject } from '../lib/json.ts';
import { ProtocolError } from './protocol-error.ts';

/** The largest message taken: a monitor's first answer of a switch with thousands of ports is a few MiB. */
export const maxMessageBytes = 64 * 1024 * 1024;

const quote = 0x22;
const backslash = 0x5c;
const opening = 0x7b;
const closing = 0x7d;

/** Cuts a stream into JSON objects. Each byte is looked at once; a piece may end anywhere, within a character too. */
export class JsonObjectSplitter {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #heldBytes = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(maxBytes = maxMessageBytes) {
    this.#maxBytes = maxBytes;
  }

  /** The objects that `piece` completes. Throws ProtocolError for what is no JSON object, or too long; the stream is lost then. */
  push(piece: Uint8Array): JsonObject[] {
    const objects: JsonObject[] = [];
    let start = 0;
    // One loop on locals: it sees every byte that the switch ever tells.
    let [depth, inString, escaped] = [this.#depth, this.#inString, this.#escaped];
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inString = false;
        continue;
      }
      if (byte === quote) inString = true;
      else if (byte === opening) depth += 1;
      else if (byte === closing) {
        depth -= 1;
        if (depth === 0) {
          this.#hold(piece.subarray(start, at + 1));
          objects.push(this.#take());
          start = at + 1;
          continue;
        }
      }
      if (depth <= 0 && byte > 0x20) throw new ProtocolError('a message must be a JSON object');
    }
    [this.#depth, this.#inString, this.#escaped] = [depth, inString, escaped];
    this.#hold(piece.subarray(start));
    return objects;
  }

  #hold(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#heldBytes += part.length;
    if (this.#heldBytes > this.#maxBytes) throw new ProtocolError(`a message is longer than ${this.#maxBytes} bytes`);
    this.#parts.push(new Uint8Array(part));
  }

  #take(): JsonObject {
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#heldBytes = 0;
    try {
      const value: unknown = JSON.parse(text);
      return value as JsonObject;
    } catch (error) {
      throw new ProtocolError('a message is not JSON', undefined, { cause: error });
    }
  }
}

// Values. A set of one may be written as its element; rows name others by uuid, or by a name within the transaction.

export const setOf = (values: readonly Json[]): Json => ['set', values];
export const mapOf = (fields: Readonly<Record<string, string>>): Json => ['map', Object.entries(fields)];
export const uuidOf = (uuid: string): Json => ['uuid', uuid];
export const namedUuid = (name: string): Json => ['named-uuid', name];

const isTagged = (value: Json | undefined, tag: string): value is readonly [string, Json] =>
  Array.isArray(value) && value.length === 2 && value[0] === tag;

/** The elements of a set; one that is written bare counts as one. */
export const elementsOf = (value: Json | undefined): readonly Json[] => {
  if (value === undefined) return [];
  if (isTagged(value, 'set')) return Array.isArray(value[1]) ? value[1] : [];
  return [value];
};

export const uuidsOf = (value: Json | undefined): readonly string[] =>
  elementsOf(value).flatMap(element => (isTagged(element, 'uuid') && typeof element[1] === 'string' ? [element[1]] : []));

export const fieldsOf = (value: Json | undefined): Readonly<Record<string, string>> => {
  const fields: Record<string, string> = {};
  if (!isTagged(value, 'map') || !Array.isArray(value[1])) return fields;
  for (const pair of value[1])
    if (Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string') fields[pair[0]] = pair[1];
  return fields;
};

/** A text, or the only element of a set; undefined for an empty one. */
export const textOf = (value: Json | undefined): string | undefined => {
  const [first] = elementsOf(value);
  return typeof first === 'string' ? first : undefined;
};

export const numberOf = (value: Json | undefined): number | undefined => {
  const [first] = elementsOf(value);
  return typeof first === 'number' ? first : undefined;
};
