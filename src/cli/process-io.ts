// The streams, the environment and the keyboard of the process.

import { createInterface, type Interface } from 'node:readline';
import type { Io, OutputStream, Terminal } from './io.ts';

const DEFAULT_COLUMNS = 80;
const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;
const INTERRUPT = 3;
const BACKSPACES: ReadonlySet<number> = new Set([8, 127]);

export const processIo = (): Io & { close(): void } => {
  let lines: AsyncIterator<string> | undefined;
  let reader: Interface | undefined;
  const nextLine = async (): Promise<string> => {
    reader ??= createInterface({ input: process.stdin });
    lines ??= reader[Symbol.asyncIterator]();
    const next = await lines.next();
    return next.done === true ? '' : next.value;
  };
  return {
    stdout: outputStream(process.stdout),
    stderr: outputStream(process.stderr),
    stdinIsTTY: process.stdin.isTTY,
    env: process.env,
    programName: process.env['XCP_ARGV0'] ?? 'xcp',
    readLine: nextLine,
    readAll: readStdin,
    readSecret: async prompt => (process.stdin.isTTY ? await readSecret(prompt) : undefined),
    takeTerminal: () => (process.stdin.isTTY ? takeTerminal() : undefined),
    onInterrupt: handler => {
      process.on('SIGINT', handler);
      return () => process.off('SIGINT', handler);
    },
    close: () => reader?.close(),
  };
};

const outputStream = (stream: NodeJS.WriteStream): OutputStream => {
  // A reader that went away (`| head`) is no failure of ours.
  stream.on('error', error => {
    if (!('code' in error) || error.code !== 'EPIPE') throw error;
  });
  return { write: text => stream.write(text), isTTY: stream.isTTY, columns: stream.isTTY ? stream.columns : DEFAULT_COLUMNS };
};

const readStdin = async (): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
};

const takeTerminal = (): Terminal => {
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
const readSecret = async (prompt: string): Promise<string | undefined> => {
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
