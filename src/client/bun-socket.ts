// A stream over a unix socket by the runtime that the executable is compiled with. Loading node:net costs as much as the rest of a
// short command; this costs next to nothing. Under Node it is not there, and nobody asks for it.

import { type ByteStream, deaf } from './stream.ts';

interface BunSocket {
  /** Bytes taken; the rest has to be offered again after `drain`. -1: closed. */
  write(bytes: Uint8Array): number;
  end(): void;
  terminate(): void;
  unref(): void;
}
interface BunHandlers {
  data(socket: BunSocket, bytes: Buffer): void;
  drain(socket: BunSocket): void;
  end(socket: BunSocket): void;
  close(socket: BunSocket, error?: Error): void;
  error(socket: BunSocket, error: Error): void;
}
export interface BunRuntime {
  connect(options: { readonly unix: string; readonly socket: BunHandlers }): Promise<BunSocket>;
}

/** The runtime, if it is this one. */
export const bunRuntime = (): BunRuntime | undefined => {
  const found: unknown = Object(globalThis)['Bun'];
  return isBun(found) ? found : undefined;
};

const isBun = (value: unknown): value is BunRuntime =>
  typeof value === 'object' && value !== null && 'connect' in value && typeof value.connect === 'function';

export const openUnix = async (runtime: BunRuntime, path: string): Promise<ByteStream> => {
  let listener = deaf;
  let waiting: Uint8Array[] = [];
  let isEnding = false;
  const flush = (socket: BunSocket): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const taken = socket.write(next);
      if (taken < next.length) {
        if (taken > 0) waiting[0] = next.subarray(taken);
        return;
      }
      waiting = waiting.slice(1);
    }
    if (isEnding) socket.end();
  };
  const socket = await runtime.connect({
    unix: path,
    socket: {
      data: (_socket, bytes) => listener.data(bytes),
      drain: flush,
      end: () => listener.end(),
      close: (_socket, error) => listener.closed(error),
      error: (_socket, error) => listener.closed(error),
    },
  });
  return {
    write: bytes => {
      waiting.push(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
      if (waiting.length === 1) flush(socket);
    },
    end: () => {
      isEnding = true;
      socket.unref();
      flush(socket);
    },
    destroy: () => socket.terminate(),
    listen: next => {
      listener = next;
    },
  };
};
