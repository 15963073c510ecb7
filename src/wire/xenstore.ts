// The protocol of xenstored's socket: a header of four little-endian words (kind, request, transaction, length), then at most 4096 bytes.
// Bytes in, messages out; no socket. What a message bears may be a guest's, so it stays bytes until somebody asks for bounded text.

import { ProtocolError } from './protocol-error.ts';

export const HEADER_BYTES = 16;
export const MAX_PAYLOAD_BYTES = 4096;
/** Of an absolute path; the daemon refuses longer ones. */
export const MAX_PATH_BYTES = 3072;

const KINDS = {
  directory: 1,
  read: 2,
  watch: 4,
  unwatch: 5,
  write: 11,
  mkdir: 12,
  remove: 13,
  'watch-event': 15,
  error: 16,
  'directory-part': 22,
} as const;

export type XenstoreKind = keyof typeof KINDS;
export type XenstoreRequest = Exclude<XenstoreKind, 'watch-event' | 'error'>;

const NAMES: ReadonlyMap<number, XenstoreKind> = new Map(Object.entries(KINDS).map(([name, number]) => [number, name as XenstoreKind]));

export interface XenstoreMessage {
  readonly kind: XenstoreKind;
  /** The request this answers; 0 for what was not asked for. */
  readonly requestId: number;
  readonly payload: Uint8Array;
}

const PATH = /^(\/|@)[\w\-/@]*$/;

/** Whether the daemon would take this as a path or as the name of a special watch. */
export const isPath = (path: string): boolean =>
  path.length <= MAX_PATH_BYTES && PATH.test(path) && !path.includes('//') && (path === '/' || !path.endsWith('/'));

/** `value` goes as it is; every word before it is ended by a zero. Throws ProtocolError for what does not fit into one message. */
export const encodeRequest = (kind: XenstoreRequest, requestId: number, words: readonly string[], value?: Uint8Array): Buffer => {
  if (words.some(word => word.includes('\0'))) throw new ProtocolError('a path or token holds a zero byte');
  const payload = Buffer.concat([...words.map(word => Buffer.from(`${word}\0`)), ...(value === undefined ? [] : [value])]);
  if (payload.length > MAX_PAYLOAD_BYTES) throw new ProtocolError(`a message to the store has at most ${MAX_PAYLOAD_BYTES} bytes`);
  return frame(KINDS[kind], requestId, payload);
};

const frame = (kind: number, requestId: number, payload: Uint8Array): Buffer => {
  const message = Buffer.alloc(HEADER_BYTES + payload.length);
  message.writeUInt32LE(kind, 0);
  message.writeUInt32LE(requestId, 4);
  message.writeUInt32LE(payload.length, 12);
  message.set(payload, HEADER_BYTES);
  return message;
};

/** What a daemon sends: for those who play one. */
export const encodeMessage = ({ kind, requestId, payload }: XenstoreMessage): Buffer => frame(KINDS[kind], requestId, payload);

/** Cuts a byte stream into messages, whatever its pieces. Kinds not known here are refused: they were never asked for. */
export class XenstoreSplitter {
  #held: Buffer = Buffer.alloc(0);

  /** The messages that this piece completes. Throws ProtocolError; the stream is lost then. */
  push(piece: Uint8Array): XenstoreMessage[] {
    this.#held = this.#held.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#held, piece]);
    const messages: XenstoreMessage[] = [];
    let at = 0;
    while (this.#held.length - at >= HEADER_BYTES) {
      const lengthBytes = this.#held.readUInt32LE(at + 12);
      if (lengthBytes > MAX_PAYLOAD_BYTES) throw new ProtocolError(`a message of the store claims ${lengthBytes} bytes`);
      const end = at + HEADER_BYTES + lengthBytes;
      if (this.#held.length < end) break;
      messages.push(this.#decode(at, end));
      at = end;
    }
    this.#held = this.#held.subarray(at);
    return messages;
  }

  #decode(at: number, end: number): XenstoreMessage {
    const number = this.#held.readUInt32LE(at);
    const kind = NAMES.get(number);
    if (kind === undefined) throw new ProtocolError(`the store sent a message of the unknown kind ${number}`);
    return { kind, requestId: this.#held.readUInt32LE(at + 4), payload: Uint8Array.from(this.#held.subarray(at + HEADER_BYTES, end)) };
  }
}

const wordsOf = (payload: Uint8Array): readonly string[] => {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1');
  return text.split('\0');
};

/** Of an `error` message: ENOENT, EACCES … */
export const errorCode = (payload: Uint8Array): string => wordsOf(payload)[0] ?? '';

/** Of a `watch-event`: what changed and whose watch saw it. */
export const watchEvent = (payload: Uint8Array): { readonly path: string; readonly token: string } => {
  const [path = '', token = ''] = wordsOf(payload);
  return { path, token };
};

/** The names of a `directory` answer. */
export const childNames = (payload: Uint8Array): readonly string[] => wordsOf(payload).filter(name => name !== '');

export interface DirectoryPart {
  /** Changes when the directory does: parts of different generations do not belong together. */
  readonly generation: string;
  readonly names: readonly string[];
  /** Bytes of names in this part: the next one begins behind them. */
  readonly lengthBytes: number;
  readonly isLast: boolean;
}

/** An answer to `directory-part`. An empty name ends the last part. */
export const directoryPart = (payload: Uint8Array): DirectoryPart => {
  const [generation = '', ...rest] = wordsOf(payload);
  const end = rest.indexOf('');
  // What follows the last zero is empty too, so that only an empty name before it is an end.
  const isLast = end >= 0 && end < rest.length - 1;
  const names = rest.filter(name => name !== '');
  return { generation, names, lengthBytes: names.reduce((sum, name) => sum + name.length + 1, 0), isLast };
};
