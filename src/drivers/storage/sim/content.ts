// The content of a simulated image, byte by byte.

import { createHash } from 'node:crypto';
import type { VolumeContent } from '../../storage.ts';
import { extentList } from '../extents.ts';
import { blockBytes, type SimDisks } from './disks.ts';
import { bytesOfText, textOfBytes } from './exchange.ts';

const inOrder = (content: ReadonlyMap<number, string>): readonly (readonly [number, string])[] => [...content].sort(([a], [b]) => a - b);

/** `changed` makes what was written durable. */
export const openSimContent = (disks: SimDisks, path: string, changed: () => Promise<void>): VolumeContent => {
  const { sizeBytes } = disks.need(path);
  /** Calls `visit` for each block of a range, with the part of it that lies in the range and where that part begins in the range. */
  const eachBlock = (
    offsetBytes: number,
    lengthBytes: number,
    visit: (block: number, start: number, end: number, at: number) => void,
  ): void => {
    for (let at = 0; at < lengthBytes; ) {
      const start = (offsetBytes + at) % blockBytes;
      const end = Math.min(blockBytes, start + lengthBytes - at);
      visit(Math.floor((offsetBytes + at) / blockBytes), start, end, at);
      at += end - start;
    }
  };
  return {
    sizeBytes,
    async version() {
      const hash = createHash('sha256');
      for (const [block, text] of inOrder(disks.content(path))) hash.update(`${block} ${text.length} ${text}`);
      return hash.digest('hex').slice(0, 32);
    },
    async extents() {
      const list = extentList();
      for (const [block] of inOrder(disks.content(path))) list.add({ offsetBytes: block * blockBytes, lengthBytes: blockBytes });
      return list.extents;
    },
    async read(offsetBytes, lengthBytes) {
      const bytes = Buffer.alloc(lengthBytes);
      eachBlock(offsetBytes, lengthBytes, (block, start, end, at) => {
        const text = disks.read(path, block);
        if (text !== '') bytesOfText(text).copy(bytes, at, start, end);
      });
      return bytes;
    },
    async write(offsetBytes, bytes) {
      eachBlock(offsetBytes, bytes.byteLength, (block, start, end, at) => {
        const whole = bytesOfText(disks.read(path, block));
        whole.set(bytes.subarray(at, at + end - start), start);
        disks.write(path, block, textOfBytes(whole));
      });
    },
    close: changed,
  };
};
