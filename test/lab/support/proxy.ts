// A relay in front of a TCP port that can fall silent or break: the link between two hosts as a fault has it.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** Nothing passes any more and nothing is closed. */
  silence(): void;
  /** All connections are reset, new ones refused. */
  cut(): void;
  readonly passedBytes: number;
}

export const makeProxy = async (target: { readonly host: string; readonly port: number }): Promise<Proxy> => {
  const sockets = new Set<Socket>();
  let isSilent = false;
  let isCut = false;
  let passedBytes = 0;
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', piece => {
      passedBytes += piece.length;
      if (!to.write(piece)) from.pause();
    });
    to.on('drain', () => {
      if (!isSilent) from.resume();
    });
    from.on('end', () => {
      if (!isSilent) to.end();
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      if (!isSilent) to.destroy();
    });
  };
  const server = createServer({ allowHalfOpen: true }, client => {
    if (isCut) return void client.resetAndDestroy();
    const host = connect({ ...target, allowHalfOpen: true });
    join(client, host);
    join(host, client);
    if (isSilent) for (const socket of sockets) socket.pause();
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const end = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get passedBytes() {
      return passedBytes;
    },
    silence() {
      isSilent = true;
      for (const socket of sockets) socket.pause();
    },
    cut() {
      isCut = true;
      end();
    },
    async [Symbol.asyncDispose]() {
      isCut = true;
      isSilent = false;
      end();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
};
