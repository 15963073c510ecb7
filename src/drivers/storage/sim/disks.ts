// The simulator's images: which block holds what, in memory. A block is 64 KiB and holds a text, a character a byte, short as a rule; behind
// it are zeroes, and the empty text is nothing but. Enough to tell whether a volume has the content it should have, and small enough for
// thousands of disks.

import { basename, dirname, join } from 'node:path';
import { DriverError } from '../../hypervisor.ts';

export const blockBytes = 65_536;
/** All texts together. Whoever fills simulated disks with real data is told so before the memory is full. */
const maxTextBytes = 64 * 1024 ** 2;

export interface SimImage {
  readonly sizeBytes: number;
  /** Path of the image below. */
  readonly below?: string;
  /** What this image itself holds, by block number; changed through SimDisks only, which keeps count. */
  readonly blocks: Map<number, string>;
}

/** All images of one simulated host, by path. */
export class SimDisks {
  readonly #images = new Map<string, SimImage>();
  #usedBlocks = 0;
  #textBytes = 0;
  /** Bytes that all images together may hold. */
  readonly capacityBytes: number;

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes;
  }

  entries(): Iterable<readonly [string, SimImage]> {
    return this.#images;
  }

  has(path: string): boolean {
    return this.#images.has(path);
  }

  need(path: string): SimImage {
    const image = this.#images.get(path);
    if (!image) throw new DriverError('not-found', `there is no simulated image ${path}`);
    return image;
  }

  put(path: string, image: SimImage): void {
    this.remove(path);
    this.#images.set(path, image);
    this.#usedBlocks += image.blocks.size;
    this.#textBytes += textBytesOf(image);
  }

  remove(path: string): void {
    const image = this.#images.get(path);
    if (image === undefined) return;
    this.#usedBlocks -= image.blocks.size;
    this.#textBytes -= textBytesOf(image);
    this.#images.delete(path);
  }

  /** Names of the images in a directory. */
  namesIn(dir: string): readonly string[] {
    return [...this.#images.keys()].filter(path => dirname(path) === dir).map(path => basename(path));
  }

  bytesOf(path: string): number {
    return (this.#images.get(path)?.blocks.size ?? 0) * blockBytes;
  }

  get usedBytes(): number {
    return this.#usedBlocks * blockBytes;
  }

  /** A guest's write: at most a block of characters that are bytes; empty for zeroes. */
  write(path: string, block: number, content: string): void {
    const image = this.need(path);
    if (block < 0 || block * blockBytes >= image.sizeBytes) throw new DriverError('bad-config', `block ${block} lies outside ${path}`);
    if (content.length > blockBytes || /[^\0-\xff]/.test(content)) throw new DriverError('bad-config', 'a block holds 64 KiB of bytes');
    if (content === '' && this.read(path, block) === '') return;
    const before = image.blocks.get(block);
    const moreBytes = content.length - (before?.length ?? 0);
    if (before === undefined && this.usedBytes + blockBytes > this.capacityBytes)
      throw new DriverError('no-space', 'the simulated storage is full');
    if (moreBytes > 0 && this.#textBytes + moreBytes > maxTextBytes)
      throw new DriverError('no-space', `the simulator's memory is full: it holds ${maxTextBytes} bytes of data that is not zero`);
    if (before === undefined) this.#usedBlocks += 1;
    this.#textBytes += moreBytes;
    image.blocks.set(block, content);
  }

  /** What a reader of the image sees in a block; empty for zeroes. */
  read(path: string, block: number): string {
    for (let at: string | undefined = path; at !== undefined; at = this.need(at).below) {
      const text = this.need(at).blocks.get(block);
      if (text !== undefined) return text;
    }
    return '';
  }

  /** What a reader of the image sees, through the images below: only blocks that are not zero. */
  content(path: string): ReadonlyMap<number, string> {
    const seen = new Map<number, string>();
    for (let at: string | undefined = path; at !== undefined; at = this.need(at).below)
      for (const [block, text] of this.need(at).blocks) if (!seen.has(block)) seen.set(block, text);
    for (const [block, text] of seen) if (text === '') seen.delete(block);
    return seen;
  }
}

const textBytesOf = ({ blocks }: SimImage): number => {
  let sum = 0;
  for (const text of blocks.values()) sum += text.length;
  return sum;
};

/** The path of an image that is named relative to another. */
export const besides = (path: string, name: string): string => join(dirname(path), name);
