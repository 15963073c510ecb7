// Opens the socket to a server: a unix socket, TCP, or TLS whose certificate was accepted before a byte of ours is sent.

import { connect as connectSocket, type Socket } from 'node:net';
import { type ServerAddress, addressText } from './address.ts';
import { ConnectionError, systemCode } from './errors.ts';
import type { TrustPolicy } from './trust.ts';

const CONNECT_TIMEOUT_MS = 30_000;

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Decides about the certificate; needed for TLS. */
  readonly trust?: TrustPolicy | undefined;
}

/** A connected socket. Rejects with ConnectionError, or with the signal's reason. */
export const connect = async (address: ServerAddress, options: ConnectOptions = {}): Promise<Socket> => {
  const timeout = AbortSignal.timeout(CONNECT_TIMEOUT_MS);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  try {
    return await openSocket(address, options.trust, signal);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw timeout.aborted
      ? new ConnectionError('timeout', addressText(address), 'no answer in time', { cause: error })
      : connectionError(address, error);
  }
};

const openSocket = async (address: ServerAddress, trust: TrustPolicy | undefined, signal: AbortSignal): Promise<Socket> => {
  switch (address.kind) {
    case 'unix':
      return await connected(connectSocket({ path: address.path }), 'connect', signal);
    case 'tcp':
      return noDelay(await connected(connectSocket({ host: address.host, port: address.port }), 'connect', signal));
    case 'tls': {
      if (trust === undefined) throw new ConnectionError('untrusted', addressText(address), 'no certificate can be accepted here');
      const { openTls } = await import('./tls.ts');
      return noDelay(await openTls(address, trust, socket => connected(socket, 'secureConnect', signal)));
    }
    default:
      return address satisfies never;
  }
};

const connected = async <S extends Socket>(socket: S, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<S> => {
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

const noDelay = (socket: Socket): Socket => socket.setNoDelay(true);

const connectionError = (address: ServerAddress, error: unknown): unknown => {
  if (error instanceof ConnectionError) return error;
  const code = systemCode(error);
  if (code === undefined) return error;
  const unknown = code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA';
  const message = error instanceof Error ? error.message : code;
  return new ConnectionError(unknown ? 'unknown-host' : 'refused', address.kind === 'unix' ? address.path : address.host, message, {
    cause: error,
  });
};
