// Between two simulated hosts, in one process or two: a unix socket over which the source says that it has handed a guest over.
// It stands for the connection that a real migration would have: while the destination lives it takes the word, and nobody else does.

import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DriverError } from '../../hypervisor.ts';

export interface Reception {
  readonly socketPath: string;
  /** Resolves when the source has handed over. */
  readonly arrival: Promise<void>;
  close(): Promise<void>;
}

const WORD = 'handed over\n';
const ANSWER = 'taken\n';

let receptions = 0;

export const openReception = async (guestId: string): Promise<Reception> => {
  const arrived = Promise.withResolvers<void>();
  arrived.promise.catch(() => undefined);
  const directory = path.join(tmpdir(), 'xcp-sim');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  receptions += 1;
  const name = createHash('sha256').update(`${process.pid} ${receptions} ${guestId}`).digest('hex').slice(0, 16);
  const socketPath = path.join(directory, `${name}.sock`);
  const server: Server = createServer(socket => {
    socket.on('error', () => socket.destroy());
    socket.once('data', piece => {
      if (piece.toString() !== WORD) return void socket.destroy();
      socket.end(ANSWER);
      arrived.resolve();
    });
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(socketPath, () => listening.resolve());
  await listening.promise;
  server.unref();
  return {
    socketPath,
    arrival: arrived.promise,
    async close() {
      arrived.reject(new DriverError('not-found', 'the waiting guest was destroyed'));
      server.close();
      await rm(socketPath, { force: true });
    },
  };
};

/** Whether anybody waits there; `say` hands over too. Rejects with `unreachable`. */
export const reach = (socketPath: string, options: { readonly say: boolean; readonly signal: AbortSignal }): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(socketPath);
  const onAbort = (): void => {
    socket.destroy();
    reject(options.signal.reason);
  };
  options.signal.addEventListener('abort', onAbort, { once: true });
  socket.once('error', (cause: Error) =>
    reject(new DriverError('unreachable', `the destination does not answer: ${cause.message}`, { cause })),
  );
  socket.once('close', () => reject(new DriverError('unreachable', 'the destination closed the connection')));
  socket.once('connect', () => {
    if (options.say) socket.write(WORD);
    else resolve();
  });
  socket.once('data', () => resolve());
  return promise.finally(() => {
    options.signal.removeEventListener('abort', onAbort);
    socket.destroy();
  });
};
