// The outside world of a command, injected so that tests run it in process.

import type { Transport } from '../client/transport.ts';
import type { ConnectionOptions } from './argv.ts';

export interface OutputStream {
  write(text: string | Uint8Array): boolean;
  readonly isTTY: boolean;
  readonly columns: number;
}

export interface Terminal {
  /** Keys as they are typed, unprocessed, until `release`. */
  readonly keys: AsyncIterable<Uint8Array>;
  release(): void;
}

export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdinIsTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The name under which the program was started, for usage texts. */
  readonly programName: string;
  /** The next line of stdin without its end; '' at the end of the input. */
  readLine(): Promise<string>;
  /** All of stdin. */
  readAll(): Promise<string>;
  /** All of stdin, piece by piece; none of it any more once the signal is aborted. */
  readBytes(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Bytes of a file on stdout. Resolves when they are taken, so that no more is held than one piece. */
  writeBytes(bytes: Uint8Array): Promise<void>;
  /** A line typed without echo; undefined where there is no terminal. */
  readSecret(prompt: string): Promise<string | undefined>;
  /** Takes the keyboard over; undefined where there is no terminal. */
  takeTerminal(): Promise<Terminal | undefined>;
  /** Calls `handler` at each Ctrl-C; returns what stops that. */
  onInterrupt(handler: () => void): () => void;
  /** Stands in for the network in tests. */
  readonly connect?: (options: ConnectionOptions) => Transport;
}
