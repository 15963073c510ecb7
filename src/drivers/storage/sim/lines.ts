// How simulated content travels: lines of JSON, each with the name of the export and some blocks.

import type { Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';

export type Block = readonly [number, string];

export interface Line {
  readonly name: string;
  readonly blocks: readonly Block[];
}

const blocksPerLine = 256;

/** About how long a line gets. */
const lineLength = 1024 * 1024;

/** Blocks in parts of which each makes a line of bearable length. */
export function* inParts(blocks: Iterable<Block>): Generator<readonly Block[]> {
  let part: Block[] = [];
  let length = 0;
  for (const block of blocks) {
    part.push(block);
    length += block[1].length;
    if (part.length < blocksPerLine && length < lineLength) continue;
    yield part;
    part = [];
    length = 0;
  }
  if (part.length > 0) yield part;
}

export const lineOf = ({ name, blocks }: Line): string => `${JSON.stringify({ name, blocks })}\n`;

/** Lines as they come. An interface tells the errors of its input once more, so it needs a listener of its own. */
export const linesOf = (socket: Socket, onError: (error: Error) => void): Interface =>
  createInterface({ input: socket }).on('error', onError);

export const parseLine = (line: string): Line | undefined => {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null || !('name' in value) || !('blocks' in value)) return undefined;
  const { name, blocks } = value;
  if (typeof name !== 'string' || !Array.isArray(blocks)) return undefined;
  const valid = blocks.filter(
    (block: unknown): block is Block => Array.isArray(block) && typeof block[0] === 'number' && typeof block[1] === 'string',
  );
  return { name, blocks: valid };
};
