// What is typed: lines, secrets, single keys.

import { createInterface, type Interface } from 'node:readline';
import type { Terminal } from './io.ts';

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;
const INTERRUPT = 3;
const BACKSPACES: ReadonlySet<number> = new Set([8, 127]);

let reader: Interface | undefined;

/** The next line of stdin; '' at its end. */
export const readLine = async (): Promise<string> => {
  reader ??= createInterface({ input: process.stdin });
  const lines = reader[Symbol.asyncIterator]();
  const next = await lines.next();
  process.stdin.unref();
  return next.done === true ? '' : next.value;
};

/** All of stdin. */
export const readAll = async (): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
};

/** The keys as they are typed, until they are released. */
export const takeTerminal = (): Terminal => {
  process.stdin.setRawMode(true);
  return {
    keys: process.stdin,
    release: () => {
      process.stdin.setRawMode(false);
      process.stdin.pause();
      process.stdin.unref();
    },
  };
};

/** A line without echo. Ctrl-C ends the input with nothing typed. */
export const readSecret = async (prompt: string): Promise<string | undefined> => {
  process.stderr.write(prompt);
  const terminal = takeTerminal();
  const typed: number[] = [];
  try {
    for await (const keys of terminal.keys) {
      for (const key of keys) {
        if (key === CARRIAGE_RETURN || key === LINE_FEED) return Buffer.from(typed).toString('utf8');
        if (key === INTERRUPT) return undefined;
        if (BACKSPACES.has(key)) typed.pop();
        else typed.push(key);
      }
    }
    return Buffer.from(typed).toString('utf8');
  } finally {
    terminal.release();
    process.stderr.write('\n');
  }
};
