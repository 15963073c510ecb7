// Bytes in which long runs of zeroes are told by their length. Most of a guest's memory is zeroes, as a rule, and what is not sent need not be
// encrypted either. Bytes in, bytes out; no socket.
//
//   a frame: bytes that follow u32, zeroes behind them u32, the bytes
//
// Each piece is packed for itself, so that nothing of it stays behind.

import { ProtocolError } from './protocol-error.ts';

/** Zeroes are looked for in blocks of this size: smaller than a page, since pages begin anywhere in a stream. */
const BLOCK_BYTES = 1024;
const HEADER_BYTES = 8;
/** A piece of whoever packs is far smaller. */
const MOST_ZEROES = 64 << 20;
const ZEROES: Uint8Array = Buffer.alloc(64 << 10);

const isZero = (bytes: Buffer, from: number, to: number): boolean =>
  bytes[from] === 0 && bytes[to - 1] === 0 && bytes.compare(ZEROES, 0, to - from, from, to) === 0;

/** Where the run of blocks that begins at `from`, all zeroes or none of them, ends. */
const endOfRun = (bytes: Buffer, from: number, zero: boolean): number => {
  let at = from;
  while (at < bytes.length) {
    const next = Math.min(at + BLOCK_BYTES, bytes.length);
    if (isZero(bytes, at, next) !== zero) break;
    at = next;
  }
  return at;
};

const frameHeader = (literalBytes: number, zeroBytes: number): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(literalBytes, 0);
  header.writeUInt32LE(zeroBytes, 4);
  return header;
};

export const packZeroes = (piece: Uint8Array): Uint8Array => {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const zeroesAt = endOfRun(bytes, at, false);
    const end = endOfRun(bytes, zeroesAt, true);
    frames.push(frameHeader(zeroesAt - at, end - zeroesAt), bytes.subarray(at, zeroesAt));
    at = end;
  }
  return Buffer.concat(frames);
};

/** Unpacks one stream, whatever its pieces. */
export class ZeroUnpacker {
  /** Of a header that is not whole yet. */
  #held: Buffer = Buffer.alloc(0);
  #literalBytes = 0;
  #zeroBytes = 0;

  /** All that is known now, in pieces of bounded size; it must be taken to its end. Throws ProtocolError. */
  *push(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    let rest = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    while (rest.length > 0) {
      if (this.#literalBytes > 0) {
        const literal = rest.subarray(0, this.#literalBytes);
        this.#literalBytes -= literal.length;
        rest = rest.subarray(literal.length);
        yield literal;
      } else {
        const missing = HEADER_BYTES - this.#held.length;
        this.#held = Buffer.concat([this.#held, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (this.#held.length < HEADER_BYTES) return;
        this.#literalBytes = this.#held.readUInt32LE(0);
        this.#zeroBytes = this.#held.readUInt32LE(4);
        this.#held = Buffer.alloc(0);
        if (this.#zeroBytes > MOST_ZEROES) throw new ProtocolError('a run of zeroes is longer than any that is sent');
      }
      if (this.#literalBytes === 0) yield* this.#zeroes();
    }
  }

  *#zeroes(): Generator<Uint8Array, void, undefined> {
    while (this.#zeroBytes > 0) {
      const some = ZEROES.subarray(0, this.#zeroBytes);
      this.#zeroBytes -= some.length;
      yield some;
    }
  }
}
