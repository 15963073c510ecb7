// The streams, the environment and the keyboard of the process. Looking at process.stdin or process.stdout costs more than a whole
// command, so output goes to the file descriptors, and terminals are asked about only by those who need to know.

import { fstatSync, writeSync } from 'node:fs';
import { systemCode } from '../client/errors.ts';
import type { Io, OutputStream } from './io.ts';

const DEFAULT_COLUMNS = 80;
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

export const processIo = (): Io => ({
  stdout: outputStream(STDOUT),
  stderr: outputStream(STDERR),
  get stdinIsTTY() {
    return isTerminal(STDIN);
  },
  env: process.env,
  programName: [process.argv0, process.env['XCP_ARGV0']].some(isXe) ? 'xe' : 'xcp',
  readLine: async () => await (await import('./keyboard.ts')).readLine(),
  readAll: async () => await (await import('./keyboard.ts')).readAll(),
  readBytes: signal => {
    // An open pipe would keep the process alive.
    signal?.addEventListener('abort', () => process.stdin.destroy(), { once: true });
    return process.stdin;
  },
  writeBytes: bytes =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, error => (error ? reject(error) : resolve()));
    }),
  readSecret: async prompt => (isTerminal(STDIN) ? await (await import('./keyboard.ts')).readSecret(prompt) : undefined),
  takeTerminal: async () => (isTerminal(STDIN) ? (await import('./keyboard.ts')).takeTerminal() : undefined),
  onInterrupt: handler => {
    process.on('SIGINT', handler);
    return () => process.off('SIGINT', handler);
  },
});

/** Also through a link; the launcher hands on the name under which it was called. */
const isXe = (path: string | undefined): boolean => path === 'xe' || path?.endsWith('/xe') === true;

const isTerminal = (fd: number): boolean => {
  try {
    // What is no character device needs no closer look.
    if (!fstatSync(fd).isCharacterDevice()) return false;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
  return streamOf(fd).isTTY === true;
};

const streamOf = (fd: number): { readonly isTTY?: boolean } => {
  if (fd === STDIN) return process.stdin;
  return fd === STDOUT ? process.stdout : process.stderr;
};

const outputStream = (fd: typeof STDOUT | typeof STDERR): OutputStream => {
  let state: 'open' | 'queued' | 'closed' = 'open';
  const queue = (bytes: Uint8Array): void => {
    (fd === STDOUT ? process.stdout : process.stderr).write(bytes);
  };
  return {
    write: text => {
      const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
      if (state === 'queued') queue(bytes);
      if (state !== 'open') return false;
      let written = 0;
      try {
        while (written < bytes.length) written += writeSync(fd, bytes, written);
      } catch (error) {
        state = afterFailure(error);
        if (state === 'queued') queue(bytes.subarray(written));
      }
      return state === 'open';
    },
    get isTTY() {
      return isTerminal(fd);
    },
    get columns() {
      return (fd === STDOUT ? process.stdout : process.stderr).columns || DEFAULT_COLUMNS;
    },
  };
};

/** A reader that went away (`| head`) is no failure of ours; one that is slow is waited for by the stream. */
const afterFailure = (error: unknown): 'queued' | 'closed' => {
  const code = systemCode(error);
  if (code === 'EPIPE') return 'closed';
  if (code === 'EAGAIN') return 'queued';
  throw error;
};
