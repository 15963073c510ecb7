// The client's side of NBD, as far as reading and writing one export need it: the fixed newstyle handshake with NBD_OPT_GO, simple replies.
// Bytes in, messages out; no socket.

import { ProtocolError } from './protocol-error.ts';

const GREETING = Buffer.from('NBDMAGICIHAVEOPT');
const OPTION_MAGIC = Buffer.from('IHAVEOPT');
const OPTION_REPLY_MAGIC = Buffer.from('0003e889045565a9', 'hex');
const REQUEST_MAGIC = 0x25609513;
const REPLY_MAGIC = 0x67446698;
/** Fixed newstyle, no zeroes behind the handshake. */
const CLIENT_FLAGS = 3;
const OPT_GO = 7;
const REP_ACK = 1;
const REP_INFO = 3;
const REP_IS_ERROR = 0x80000000;
const INFO_EXPORT = 0;
const FLAG_READ_ONLY = 2;
const MAX_OPTION_REPLY_BYTES = 64 * 1024;

const COMMANDS = { read: 0, write: 1, disconnect: 2, flush: 3 } as const;
export type NbdCommand = keyof typeof COMMANDS;

/** No server refuses requests of this length. */
export const MAX_NBD_REQUEST_BYTES = 32 * 1024 ** 2;

/** What a client answers to the greeting: the export it wants. */
export const encodeGo = (exportName: string): Buffer => {
  const name = Buffer.from(exportName);
  const option = Buffer.alloc(4 + 8 + 4 + 4 + 4 + name.length + 2);
  option.writeUInt32BE(CLIENT_FLAGS, 0);
  OPTION_MAGIC.copy(option, 4);
  option.writeUInt32BE(OPT_GO, 12);
  option.writeUInt32BE(4 + name.length + 2, 16);
  option.writeUInt32BE(name.length, 20);
  name.copy(option, 24);
  return option;
};

/** `data` of a write follows this. */
export const encodeNbdRequest = (command: NbdCommand, cookie: number, offsetBytes: number, lengthBytes: number): Buffer => {
  const request = Buffer.alloc(28);
  request.writeUInt32BE(REQUEST_MAGIC, 0);
  request.writeUInt16BE(COMMANDS[command], 6);
  request.writeBigUInt64BE(BigInt(cookie), 8);
  request.writeBigUInt64BE(BigInt(offsetBytes), 16);
  request.writeUInt32BE(lengthBytes, 24);
  return request;
};

export type NbdMessage =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'export'; readonly sizeBytes: number; readonly isReadOnly: boolean }
  /** Requests may be sent from now on. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** `error`: an errno; 0 for none. */
  | { readonly kind: 'reply'; readonly cookie: number; readonly error: number; readonly data: Buffer };

/** What lies at the beginning of the held bytes; a number: so many would be needed to tell. */
type Step = number | { readonly lengthBytes: number; readonly messages: readonly NbdMessage[] };

/** Cuts what a server sends into messages, whatever its pieces. `dataBytesOf`: how much data a good reply to that request bears. */
export class NbdSplitter {
  readonly #dataBytesOf: (cookie: number) => number;
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  #phase: 'greeting' | 'options' | 'replies' = 'greeting';
  #neededBytes = GREETING.length + 2;

  constructor(dataBytesOf: (cookie: number) => number) {
    this.#dataBytesOf = dataBytesOf;
  }

  /** The messages that this piece completes. Throws ProtocolError; the stream is lost then. */
  push(piece: Uint8Array): readonly NbdMessage[] {
    this.#pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    this.#heldBytes += piece.byteLength;
    if (this.#heldBytes < this.#neededBytes) return [];
    const held = Buffer.concat(this.#pieces, this.#heldBytes);
    const messages: NbdMessage[] = [];
    let at = 0;
    for (;;) {
      const rest = held.subarray(at);
      const found = this.#message(rest);
      if (typeof found === 'number') {
        this.#neededBytes = found;
        this.#pieces = rest.length === 0 ? [] : [rest];
        this.#heldBytes = rest.length;
        return messages;
      }
      at += found.lengthBytes;
      messages.push(...found.messages);
    }
  }

  #message(held: Buffer): Step {
    switch (this.#phase) {
      case 'greeting':
        return this.#greeting(held);
      case 'options':
        return this.#option(held);
      default:
        return this.#reply(held);
    }
  }

  #greeting(held: Buffer): Step {
    const lengthBytes = GREETING.length + 2;
    if (held.length < lengthBytes) return lengthBytes;
    if (!held.subarray(0, GREETING.length).equals(GREETING)) throw new ProtocolError('the peer does not speak NBD');
    this.#phase = 'options';
    return { lengthBytes, messages: [{ kind: 'greeting' }] };
  }

  #option(held: Buffer): Step {
    const headBytes = 20;
    if (held.length < headBytes) return headBytes;
    if (!held.subarray(0, 8).equals(OPTION_REPLY_MAGIC)) throw new ProtocolError('the export answers in an unknown language');
    const type = held.readUInt32BE(12);
    const dataBytes = held.readUInt32BE(16);
    if (dataBytes > MAX_OPTION_REPLY_BYTES) throw new ProtocolError('the export answers at too great a length');
    const lengthBytes = headBytes + dataBytes;
    if (held.length < lengthBytes) return lengthBytes;
    const data = held.subarray(headBytes, lengthBytes);
    if (type >= REP_IS_ERROR) return { lengthBytes, messages: [{ kind: 'refused', reason: data.toString('utf8') }] };
    if (type === REP_ACK) {
      this.#phase = 'replies';
      return { lengthBytes, messages: [{ kind: 'ready' }] };
    }
    const isExport = type === REP_INFO && data.length >= 12 && data.readUInt16BE(0) === INFO_EXPORT;
    if (!isExport) return { lengthBytes, messages: [] };
    const sizeBytes = Number(data.readBigUInt64BE(2));
    return { lengthBytes, messages: [{ kind: 'export', sizeBytes, isReadOnly: (data.readUInt16BE(10) & FLAG_READ_ONLY) !== 0 }] };
  }

  #reply(held: Buffer): Step {
    const headBytes = 16;
    if (held.length < headBytes) return headBytes;
    if (held.readUInt32BE(0) !== REPLY_MAGIC) throw new ProtocolError('the export lost its place');
    const error = held.readUInt32BE(4);
    const cookie = Number(held.readBigUInt64BE(8));
    const lengthBytes = headBytes + (error === 0 ? this.#dataBytesOf(cookie) : 0);
    if (held.length < lengthBytes) return lengthBytes;
    return { lengthBytes, messages: [{ kind: 'reply', cookie, error, data: held.subarray(headBytes, lengthBytes) }] };
  }
}
