// The simulator's images: which block holds what, in memory. A block is 64 KiB and holds a short text; the empty text is zeroes. Enough
// to tell whether a volume has the content it should have, and small enough for thousands of disks.

import { basename, dirname, join } from 'node:path';
import { DriverError } from '../../hypervisor.ts';

export const blockBytes = 65_536;

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
  }

  remove(path: string): void {
    this.#usedBlocks -= this.#images.get(path)?.blocks.size ?? 0;
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

  /** A guest's write. `content` of at most a few characters; empty for zeroes. */
  write(path: string, block: number, content: string): void {
    const image = this.need(path);
    if (block < 0 || block * blockBytes >= image.sizeBytes) throw new DriverError('bad-config', `block ${block} lies outside ${path}`);
    if (!image.blocks.has(block)) {
      if (this.usedBytes + blockBytes > this.capacityBytes) throw new DriverError('no-space', 'the simulated storage is full');
      this.#usedBlocks += 1;
    }
    image.blocks.set(block, content);
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

/** The path of an image that is named relative to another. */
export const besides = (path: string, name: string): string => join(dirname(path), name);
