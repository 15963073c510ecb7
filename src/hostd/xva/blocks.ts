// The disks of an export: `Ref:4/00000007` is the eighth MiB of the disk Ref:4, `Ref:4/00000007.checksum` its SHA-1. Blocks of zeroes are left
// out but for the first and the last. Where a block lies follows from its number and the lengths before it, since some writers put empty
// blocks between others to keep a connection alive.

import { createHash } from 'node:crypto';
import type { Extent, VolumeContent } from '../../drivers/storage.ts';
import { XenError } from '../../model/error.ts';
import { encodeTarHeader, tarPadding } from '../../wire/tar.ts';
import type { TarReader } from '../../wire/tar-reader.ts';
import { xxhash64 } from '../../wire/xxhash64.ts';

export const BLOCK_BYTES = 1024 ** 2;
/** Of files that others wrote; their blocks have a MiB too. */
const MAX_BLOCK_BYTES = 4 * BLOCK_BYTES;
const MAX_CHECKSUM_BYTES = 128;
/** Blocks that are being written while the next ones come. */
const MAX_WRITES = 4;

const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

/** The pieces of one entry. */
export function* entry(name: string, ...content: readonly Uint8Array[]): Generator<Uint8Array> {
  const sizeBytes = content.reduce((sum, piece) => sum + piece.byteLength, 0);
  yield encodeTarHeader(name, sizeBytes);
  yield* content;
  const padding = tarPadding(sizeBytes);
  if (padding > 0) yield Buffer.alloc(padding);
}

const zeroes = Buffer.alloc(MAX_BLOCK_BYTES);
const isZero = (bytes: Buffer): boolean => bytes.equals(zeroes.subarray(0, bytes.length));

/** Numbers of the blocks that may hold something, rising, with the first and the last. */
export function* wantedBlocks(extents: readonly Extent[], sizeBytes: number): Generator<number> {
  const last = Math.ceil(sizeBytes / BLOCK_BYTES) - 1;
  let next = 0;
  if (last >= 0) yield next++;
  for (const { offsetBytes, lengthBytes } of extents) {
    const end = Math.min(Math.ceil((offsetBytes + lengthBytes) / BLOCK_BYTES), last + 1);
    next = Math.max(next, Math.floor(offsetBytes / BLOCK_BYTES));
    for (; next < end; next += 1) yield next;
  }
  if (next <= last) yield last;
}

export interface DiskSource {
  readonly id: string;
  readonly sizeBytes: number;
}

/** The entries of one disk. `onBytes`: how far into the disk it has come. */
export async function* diskEntries(
  disk: DiskSource,
  content: VolumeContent,
  { signal, onBytes }: { readonly signal: AbortSignal; readonly onBytes: (doneBytes: number) => void },
): AsyncGenerator<Uint8Array> {
  const { sizeBytes, id } = disk;
  const last = Math.ceil(sizeBytes / BLOCK_BYTES) - 1;
  const read = (number: number): Promise<Buffer> => {
    const reading = content.read(number * BLOCK_BYTES, Math.min(BLOCK_BYTES, sizeBytes - number * BLOCK_BYTES));
    // It is waited for later, or never, if the file is given up.
    reading.catch(() => undefined);
    return reading;
  };
  const numbers = [...wantedBlocks(await content.extents({ signal }), sizeBytes)];
  let ahead: Promise<Buffer> | undefined;
  for (const [i, number] of numbers.entries()) {
    signal.throwIfAborted();
    const bytes = await (ahead ?? read(number));
    const following = numbers[i + 1];
    ahead = following === undefined ? undefined : read(following);
    onBytes(number * BLOCK_BYTES + bytes.length);
    if (number !== 0 && number !== last && isZero(bytes)) continue;
    const name = `${id}/${String(number).padStart(8, '0')}`;
    yield* entry(name, bytes);
    yield* entry(`${name}.checksum`, Buffer.from(sha1(bytes)));
  }
}

export interface DiskTarget extends DiskSource {
  open(): Promise<VolumeContent>;
}

export interface ReceiveOptions {
  readonly signal: AbortSignal;
  /** Blocks whose checksums are wrong are taken all the same. */
  readonly force: boolean;
  /** Entries with other names are passed over. */
  readonly mayHaveTable: boolean;
  readonly onBytes: (doneBytes: number) => void;
}

/** Where a disk stands: opened by its first block, closed behind its last. */
class Place {
  readonly disk: DiskTarget;
  readonly #writes = new Set<Promise<void>>();
  #content: VolumeContent | undefined;
  #lastNumber = -1;
  /** Of the first block: what each number that is left out stands for. */
  #blockBytes = 0;
  positionBytes = 0;

  constructor(disk: DiskTarget) {
    this.disk = disk;
  }

  get isWhole(): boolean {
    return this.positionBytes >= this.disk.sizeBytes;
  }

  /** Where the next block lies. */
  enter(number: number, name: string, lengthBytes: number): number {
    if (number <= this.#lastNumber) throw new XenError('IMPORT_ERROR', [`the block ${name} comes too late: its disk has gone on`]);
    if (this.#lastNumber < 0) this.#blockBytes = lengthBytes;
    const offsetBytes = this.positionBytes + (number - this.#lastNumber - 1) * this.#blockBytes;
    if (offsetBytes + lengthBytes > this.disk.sizeBytes)
      throw new XenError('IMPORT_ERROR', [`the block ${name} lies beyond the end of its disk`]);
    this.#lastNumber = number;
    this.positionBytes = offsetBytes + lengthBytes;
    return offsetBytes;
  }

  /** Resolves when the next block may come. */
  async write(offsetBytes: number, bytes: Buffer): Promise<void> {
    this.#content ??= await this.disk.open();
    if (!isZero(bytes)) {
      // One that failed stays among them, so that whoever waits next is told, however late that is.
      const writing: Promise<void> = this.#content.write(offsetBytes, bytes).then(() => void this.#writes.delete(writing));
      writing.catch(() => undefined);
      this.#writes.add(writing);
    }
    if (this.isWhole) {
      await Promise.all(this.#writes);
      await this.close();
    } else if (this.#writes.size >= MAX_WRITES) await Promise.race(this.#writes);
  }

  async close(): Promise<void> {
    const content = this.#content;
    this.#content = undefined;
    await content?.close();
  }
}

const unexpected = (expected: string, found: string): XenError => new XenError('IMPORT_ERROR_UNEXPECTED_FILE', [expected, found]);

/** Reads the disks of an archive whose description was read, all of them, to the archive's end. */
export const receiveDisks = async (reader: TarReader, disks: readonly DiskTarget[], options: ReceiveOptions): Promise<void> => {
  const places = new Map(disks.map(disk => [disk.id, new Place(disk)] as const));
  try {
    await receiveBlocks(reader, places, options);
  } finally {
    // Those that were not finished, whatever becomes of the others; whoever is told of a failure drops them.
    await Promise.allSettled([...places.values()].map(place => place.close()));
  }
  for (const place of places.values()) if (!place.isWhole) throw new XenError('IMPORT_ERROR_PREMATURE_EOF');
};

const receiveBlocks = async (reader: TarReader, places: ReadonlyMap<string, Place>, options: ReceiveOptions): Promise<void> => {
  let doneBytes = 0;
  for (let header = await reader.next(); header !== undefined; header = await reader.next()) {
    options.signal.throwIfAborted();
    if (header.kind === 'folder') continue;
    const { name, kind, sizeBytes } = header;
    const [, id = '', number = ''] = /^(?:\.\/)?([^/]+)\/(\d{8,15})$/.exec(name) ?? [];
    const place = kind === 'file' ? places.get(id) : undefined;
    if (place === undefined) {
      if (options.mayHaveTable && kind === 'file' && !name.includes('/')) continue;
      throw unexpected([...places.keys()].map(disk => `${disk}/…`).join(', '), name);
    }
    const before = place.positionBytes;
    const offsetBytes = place.enter(Number(number), name, sizeBytes);
    const bytes = await reader.content(MAX_BLOCK_BYTES);
    await checkSum(reader, name, bytes, options);
    await place.write(offsetBytes, bytes);
    doneBytes += place.positionBytes - before;
    options.onBytes(doneBytes);
  }
};

const sums: ReadonlyMap<string, (bytes: Uint8Array) => string> = new Map([
  ['.checksum', sha1],
  ['.xxhash', xxhash64],
]);

const checkSum = async (reader: TarReader, name: string, bytes: Buffer, { force }: ReceiveOptions): Promise<void> => {
  const header = await reader.next();
  const sum = header?.name.startsWith(name) === true ? sums.get(header.name.slice(name.length)) : undefined;
  if (sum === undefined) throw unexpected(`${name}.checksum`, header?.name ?? 'the end of the file');
  const told = (await reader.content(MAX_CHECKSUM_BYTES)).toString('latin1').trim();
  if (told.toLowerCase() !== sum(bytes).toLowerCase() && !force) throw new XenError('IMPORT_ERROR_SOME_CHECKSUMS_FAILED');
};
