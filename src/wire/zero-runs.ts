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
/** What a pipe gives at a time, packed. */
const LEAST_BUFFER_BYTES = 66 << 10;
const MOST_SPARE = 8;
const ZEROES: Uint8Array = Buffer.alloc(64 << 10);

/** Most bytes that are no zeroes are told by one look; only what may be a run of them is compared. */
const isZero = (bytes: Buffer, from: number, to: number): boolean =>
  bytes[from] === 0 && bytes[to - 1] === 0 && bytes[(from + to) >>> 1] === 0 && bytes.compare(ZEROES, 0, to - from, from, to) === 0;

const endOfLiteral = (bytes: Buffer, from: number): number => {
  for (let at = from; at < bytes.length; at += BLOCK_BYTES) if (isZero(bytes, at, Math.min(at + BLOCK_BYTES, bytes.length))) return at;
  return bytes.length;
};

/** The run grows by twice as much as long as it does, and by half as much from then on: a comparison costs about the same whatever its length. */
const endOfZeroes = (bytes: Buffer, from: number): number => {
  let [at, step] = [from, BLOCK_BYTES];
  let isGrowing = true;
  while (at < bytes.length && step >= BLOCK_BYTES) {
    const next = Math.min(at + step, bytes.length);
    if (isZero(bytes, at, next)) at = next;
    else isGrowing = false;
    step = isGrowing ? Math.min(step * 2, ZEROES.length) : step >>> 1;
  }
  return at;
};

export interface Packed {
  readonly bytes: Uint8Array;
  /** To be called once `bytes` are not needed any more: what they lie in is used again. */
  readonly release: () => void;
}

/** Packs pieces, each for itself. A new buffer for each would cost more than the packing does. */
export class ZeroPacker {
  readonly #spare: Buffer[] = [];

  pack(piece: Uint8Array): Packed {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const buffer = this.#take(bytes.length + HEADER_BYTES * (Math.ceil(bytes.length / (2 * BLOCK_BYTES)) + 1));
    let length = 0;
    for (let at = 0; at < bytes.length; ) {
      const zeroesAt = endOfLiteral(bytes, at);
      const end = endOfZeroes(bytes, zeroesAt);
      buffer.writeUInt32LE(zeroesAt - at, length);
      buffer.writeUInt32LE(end - zeroesAt, length + 4);
      length += HEADER_BYTES;
      length += bytes.copy(buffer, length, at, zeroesAt);
      at = end;
    }
    return { bytes: buffer.subarray(0, length), release: () => this.#keep(buffer) };
  }

  #take(size: number): Buffer {
    const found = this.#spare.pop();
    return found !== undefined && found.length >= size ? found : Buffer.allocUnsafeSlow(Math.max(size, LEAST_BUFFER_BYTES));
  }

  #keep(buffer: Buffer): void {
    if (this.#spare.length < MOST_SPARE) this.#spare.push(buffer);
  }
}

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
