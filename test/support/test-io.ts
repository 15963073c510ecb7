// Streams that collect, for running commands in process.

import type { Transport } from '../../src/client/transport.ts';
import type { Io } from '../../src/cli/io.ts';

export interface TestIo extends Io {
  readonly output: { stdout: string; stderr: string };
}

export interface TestIoOptions {
  readonly transport?: Transport;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  readonly isTTY?: boolean;
}

export const testIo = (options: TestIoOptions = {}): TestIo => {
  const output = { stdout: '', stderr: '' };
  const lines = (options.stdin ?? '').split('\n');
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string | Uint8Array) => {
      output[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
      return true;
    },
    isTTY: options.isTTY ?? false,
    columns: 80,
  });
  const { transport } = options;
  return {
    output,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdinIsTTY: options.isTTY ?? false,
    env: options.env ?? {},
    programName: 'xe',
    readLine: async () => lines.shift() ?? '',
    readAll: async () => options.stdin ?? '',
    readBytes: async function* () {
      yield Buffer.from(options.stdin ?? '');
    },
    writeBytes: async bytes => {
      output.stdout += Buffer.from(bytes).toString('utf8');
    },
    readSecret: async () => undefined,
    takeTerminal: async () => undefined,
    onInterrupt: () => () => undefined,
    ...(transport === undefined ? {} : { connect: () => transport }),
  };
};
