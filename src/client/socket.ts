// Streams over node's sockets: unix, TCP, TLS.

import { connect, type Socket } from 'node:net';
import type { ServerAddress } from './address.ts';
import { type ByteStream, deaf } from './stream.ts';

export const openUnixOrTcp = async (address: PlainAddress, signal: AbortSignal): Promise<ByteStream> =>
  socketStream(await openPlainSocket(address, signal));

type PlainAddress = Exclude<ServerAddress, { kind: 'tls' }>;

/** The socket itself, for those who stream and wait for the peer to take what was sent. */
export const openPlainSocket = async (address: PlainAddress, signal: AbortSignal): Promise<Socket> => {
  if (address.kind === 'unix') return await connected(connect({ path: address.path }), 'connect', signal);
  const socket = await connected(connect({ host: address.host, port: address.port }), 'connect', signal);
  return socket.setNoDelay(true);
};

/** Resolves when the socket says so. Rejects with its error, or with the signal's reason; then the socket is gone. */
export const connected = async <S extends Socket>(socket: S, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<S> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => reject(signal.reason);
  socket.once(event, resolve);
  socket.once('error', reject);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.removeListener('error', reject);
    signal.removeEventListener('abort', abort);
  }
};

export const socketStream = (socket: Socket): ByteStream => {
  let listener = deaf;
  socket.on('data', bytes => listener.data(bytes));
  socket.on('end', () => listener.end());
  socket.on('error', error => listener.closed(error));
  socket.on('close', () => listener.closed());
  return {
    write: bytes => void socket.write(bytes),
    end: () => {
      socket.end();
      socket.unref();
    },
    destroy: () => void socket.destroy(),
    listen: next => {
      listener = next;
    },
  };
};
