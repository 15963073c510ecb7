// Exports may be packed. How one is, its first bytes say; nobody has to tell.

import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { untilAborted } from '../../lib/until-aborted.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

type Pieces = AsyncIterable<Uint8Array>;
type Transform = ReturnType<typeof createGzip> | ReturnType<typeof createZstdCompress>;

const MAGIC_BYTES = 4;
const GZIP = Buffer.from([0x1f, 0x8b]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Goes through as fast as it is read. */
const through = (pieces: Pieces, transform: Transform): Pieces => {
  // A failure of either side is what the reader of the last one sees.
  pipeline(Readable.from(pieces, { objectMode: false }), transform, () => undefined);
  return transform;
};

export const compress = (pieces: Pieces, how: Compression): Pieces => {
  if (how === 'none') return pieces;
  return through(pieces, how === 'gzip' ? createGzip() : createZstdCompress());
};

/** Waits for pieces no longer than until the signal comes. */
async function* abortable(pieces: Pieces, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await untilAborted(iterator.next(), signal);
    if (done === true) return;
    yield value;
  }
}

async function* joined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return;
    yield value;
  }
}

/** What was packed, whatever it was packed by. An abort ends the waiting for more. */
export async function* decompress(packed: Pieces, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const pieces = abortable(packed, signal);
  let head = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  const all = joined(head, pieces);
  if (head.subarray(0, GZIP.length).equals(GZIP)) yield* through(all, createGunzip());
  else if (head.subarray(0, ZSTD.length).equals(ZSTD)) yield* through(all, createZstdDecompress());
  else yield* all;
}
