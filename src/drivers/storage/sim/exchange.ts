// Simulated disks as files: a block's text is the bytes at its place, one a character, and zeroes behind it. So a file that comes in goes out
// again as it was. Formats other than raw are QEMU's trade here too.

import { open, rm } from 'node:fs/promises';
import type { ExchangeFile, ExchangeOptions, Extent } from '../../storage.ts';
import { convertToRaw, dataExtents, exportDifference, exportImage } from '../image/exchange.ts';
import { blockBytes } from './disks.ts';
import type { Block } from './lines.ts';

/** The text of a block that holds these bytes, and zeroes behind them. */
export const textOfBytes = (bytes: Buffer): string => {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.toString('latin1', 0, end);
};

export const bytesOfText = (text: string): Buffer => {
  const bytes = Buffer.alloc(blockBytes);
  bytes.write(text, 'latin1');
  return bytes;
};

/** The raw file through which one of another format is made or read; that of a raw file is itself. */
const rawOf = ({ path, format }: ExchangeFile): { readonly path: string } & AsyncDisposable => {
  const own = format === 'raw' ? undefined : `${path}.raw`;
  return {
    path: own ?? path,
    async [Symbol.asyncDispose]() {
      if (own !== undefined) await rm(own, { force: true });
    },
  };
};

export interface SimImage {
  readonly sizeBytes: number;
  /** Blocks that are not zero. */
  readonly content: ReadonlyMap<number, string>;
}

const writeRaw = async ({ sizeBytes, content }: SimImage, path: string, signal: AbortSignal): Promise<void> => {
  await using handle = await open(path, 'w', 0o600);
  for (const [block, text] of content) {
    signal.throwIfAborted();
    const offset = block * blockBytes;
    await handle.write(bytesOfText(text), 0, Math.min(blockBytes, sizeBytes - offset), offset);
  }
  await handle.truncate(sizeBytes);
};

export const writeFileOf = async (image: SimImage, file: ExchangeFile, options: ExchangeOptions): Promise<void> => {
  await using raw = rawOf(file);
  await writeRaw(image, raw.path, options.signal);
  if (file.format !== 'raw') await exportImage({ path: raw.path, format: 'raw' }, file, options);
  options.onFraction?.(1);
};

/** `name`: of the file that the written one stands on. */
export const writeDifference = async (
  image: SimImage,
  base: SimImage,
  name: string,
  file: ExchangeFile,
  options: ExchangeOptions,
): Promise<void> => {
  await using raw = rawOf(file);
  await using below = rawOf({ ...file, path: `${file.path}.base` });
  await writeRaw(image, raw.path, options.signal);
  await writeRaw(base, below.path, options.signal);
  await exportDifference({ path: raw.path, format: 'raw' }, { path: below.path, format: 'raw', name }, file.path, options);
  options.onFraction?.(1);
};

/** The blocks of a file, one after the other, also those of zeroes. `before`: what the last one, which may be cut short, is written over. */
export async function* blocksOfFile(
  file: ExchangeFile,
  before: (block: number) => string,
  { signal, onFraction }: ExchangeOptions,
): AsyncGenerator<Block> {
  await using raw = rawOf(file);
  // An image may be far larger than its data: holes are not read.
  const extents = file.format === 'raw' ? undefined : await dataExtents(file, { signal });
  if (file.format !== 'raw') await convertToRaw(file, raw.path, { signal });
  await using handle = await open(raw.path, 'r');
  const { size } = await handle.stat();
  const hasData = dataIn(extents);
  const buffer = Buffer.alloc(blockBytes);
  for (let block = 0; block * blockBytes < size; block += 1) {
    signal.throwIfAborted();
    onFraction?.((block * blockBytes) / size);
    const lengthBytes = Math.min(blockBytes, size - block * blockBytes);
    if (lengthBytes < blockBytes) bytesOfText(before(block)).copy(buffer);
    if (lengthBytes < blockBytes || hasData(block)) {
      await handle.read(buffer, 0, lengthBytes, block * blockBytes);
      yield [block, textOfBytes(buffer)];
    } else {
      yield [block, ''];
    }
  }
}

/** Asked for rising blocks. */
const dataIn = (extents: readonly Extent[] | undefined): ((block: number) => boolean) => {
  const left = [...(extents ?? [])];
  return block => {
    if (extents === undefined) return true;
    while (left[0] !== undefined && left[0].offsetBytes + left[0].lengthBytes <= block * blockBytes) left.shift();
    return left[0] !== undefined && left[0].offsetBytes < (block + 1) * blockBytes;
  };
};
