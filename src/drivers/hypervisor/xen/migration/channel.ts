// The connections between the two agents of a migration: one for the guest's memory, one for each time a disk's mirror connects. All of them are
// made by the source, to one port, in the migration's own TLS: the QEMU of Debian's Xen is built without TLS, so its mirrors go through the agents.
// The first line of a connection says what it is for.

import { createServer, connect as connectPlain, type Server, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { DriverError, type MigrationTls } from '../../../hypervisor.ts';
import { consume } from './pipes.ts';

const CONNECT_MS = 20_000;
const HELLO_MS = 20_000;
const MOST_HELLO_BYTES = 64;
const MOST_CONNECTIONS = 64;

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** Connects and says what for. Rejects with `unreachable`, or with the signal's reason. */
export const connectPeer = async (
  { host, port }: PeerAddress,
  tls: MigrationTls | undefined,
  purpose: string,
  signal?: AbortSignal,
): Promise<Socket> => {
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(CONNECT_MS);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket =
    tls === undefined
      ? connectPlain({ host, port }, resolve)
      : connectTls(
          {
            ...{ host, port, ca: tls.caPem, cert: tls.certPem, key: tls.keyPem, servername: tls.peerName },
            checkServerIdentity: (_host, certificate) => checkServerIdentity(tls.peerName, certificate),
          },
          resolve,
        );
  const onAbort = (): void => reject(signal?.aborted ? signal.reason : new Error('it does not answer'));
  limit.addEventListener('abort', onAbort, { once: true });
  signal?.addEventListener('abort', onAbort, { once: true });
  socket.once('error', reject);
  try {
    await promise;
  } catch (error) {
    socket.on('error', () => undefined); // it is given up
    socket.destroy();
    signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new DriverError('unreachable', `the other host cannot be reached at ${host}:${port}: ${why}`, { cause: error });
  } finally {
    limit.removeEventListener('abort', onAbort);
    signal?.removeEventListener('abort', onAbort);
    socket.off('error', reject);
  }
  socket.setNoDelay(true);
  socket.write(`${purpose}\n`);
  return socket;
};

/** The first line of a connection, without its end. Rejects when none comes, or something else. */
const readHello = async (socket: Socket): Promise<string> => {
  let held = Buffer.alloc(0);
  const limit = AbortSignal.timeout(HELLO_MS);
  const end = await consume(
    socket,
    async piece => {
      held = Buffer.concat([held, piece]);
      await Promise.resolve();
      return held.includes('\n') || held.length > MOST_HELLO_BYTES ? 'enough' : 'more';
    },
    limit,
  );
  const at = held.indexOf('\n');
  if (end === 'ended' || at < 0 || at > MOST_HELLO_BYTES) throw new DriverError('bad-config', 'a connection does not say what it is for');
  if (at + 1 < held.length) socket.unshift(held.subarray(at + 1));
  return held.subarray(0, at).toString('latin1');
};

export interface PeerServer {
  readonly port: number;
  /** Ends what is connected, too. */
  close(): void;
}

/** `serve` has the connection from then on; when it throws, the connection is ended. */
export const listenForPeer = async (
  address: string,
  tls: MigrationTls | undefined,
  serve: (purpose: string, socket: Socket) => void,
): Promise<PeerServer> => {
  const open = new Set<Socket>();
  const accept = (socket: Socket): void => {
    open.add(socket);
    socket.once('close', () => void open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    readHello(socket)
      .then(purpose => serve(purpose, socket))
      .catch(() => socket.destroy()); // whoever it was is told by the end of the connection
  };
  const server: Server =
    tls === undefined
      ? createServer(accept)
      : createTlsServer({ ca: tls.caPem, cert: tls.certPem, key: tls.keyPem, requestCert: true, rejectUnauthorized: true }, accept);
  server.maxConnections = MOST_CONNECTIONS;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', (cause: Error) => reject(new DriverError('bad-config', `cannot listen on ${address}: ${cause.message}`, { cause })));
  server.listen({ host: address, port: 0 }, () => {
    const bound = server.address();
    resolve(bound !== null && typeof bound === 'object' ? bound.port : 0);
  });
  const port = await promise;
  return {
    port,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
};
