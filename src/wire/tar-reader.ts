// An archive as it comes, entry by entry: no more is held than the entry that is asked for, and the piece that is just there.

import { ProtocolError } from './protocol-error.ts';
import { decodeTarHeader, TAR_BLOCK_BYTES, tarPadding, type TarHeader } from './tar.ts';

/** The archive stops before its end. */
export class ArchiveCut extends Error {
  override readonly name = 'ArchiveCut';
  constructor() {
    super('the archive ends in its middle');
  }
}

export class TarReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);
  /** Of the entry that was told last: content and padding that were not read yet. */
  #leftBytes = 0;
  #paddingBytes = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next entry, whatever of the one before was not read passed over; undefined at the end of the archive. Throws ProtocolError or ArchiveCut. */
  async next(): Promise<TarHeader | undefined> {
    await this.#skip(this.#leftBytes + this.#paddingBytes);
    const header = decodeTarHeader(await this.#take(TAR_BLOCK_BYTES));
    this.#leftBytes = header === 'end' ? 0 : header.sizeBytes;
    this.#paddingBytes = tarPadding(this.#leftBytes);
    return header === 'end' ? undefined : header;
  }

  /** All of the entry's content. Throws ProtocolError if it is longer than `maxBytes`: then nothing was read. */
  async content(maxBytes: number): Promise<Buffer> {
    const lengthBytes = this.#leftBytes;
    if (lengthBytes > maxBytes)
      throw new ProtocolError(`an entry of the archive has ${lengthBytes} bytes; at most ${maxBytes} make sense there`);
    this.#leftBytes = 0;
    return await this.#take(lengthBytes);
  }

  /** Reads to the end of the stream: what follows an archive means nothing, but a sender wants to be rid of it. At most `maxBytes`. */
  async drain(maxBytes: number): Promise<void> {
    let seenBytes = this.#held.length;
    this.#held = Buffer.alloc(0);
    while (seenBytes <= maxBytes) {
      const { done, value } = await this.#pieces.next();
      if (done === true) return;
      seenBytes += value.length;
    }
    throw new ProtocolError('the archive is followed by something else');
  }

  async #take(lengthBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = lengthBytes;
    while (missing > 0) {
      if (this.#held.length === 0) await this.#more();
      const part = this.#held.subarray(0, missing);
      this.#held = this.#held.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, lengthBytes);
  }

  async #skip(lengthBytes: number): Promise<void> {
    let left = lengthBytes;
    while (left > 0) {
      if (this.#held.length === 0) await this.#more();
      const skipped = Math.min(left, this.#held.length);
      this.#held = this.#held.subarray(skipped);
      left -= skipped;
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#pieces.next();
    if (done === true) throw new ArchiveCut();
    this.#held = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
