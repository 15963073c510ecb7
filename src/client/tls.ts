// TLS to a server. Nothing is sent before the certificate was judged.

import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { hostAndPort } from './address.ts';
import { ConnectionError } from './errors.ts';
import { connected, socketStream } from './socket.ts';
import type { ByteStream } from './stream.ts';
import type { TrustPolicy } from './trust.ts';

interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Rejects with ConnectionError 'untrusted' if the certificate is refused. */
export const openTls = async (address: HostPort, trust: TrustPolicy, signal: AbortSignal): Promise<ByteStream> =>
  socketStream(await openTlsSocket(address, trust, signal));

/** The same, as the socket itself. */
export const openTlsSocket = async (address: HostPort, trust: TrustPolicy, signal: AbortSignal): Promise<TLSSocket> => {
  const { host, port } = address;
  const socket = await connected(
    connect({
      host,
      port,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(trust.ca === undefined ? {} : { ca: trust.ca }),
      minVersion: 'TLSv1.2',
      // The verdict is ours, below: a XenAPI server's certificate is its own, and pinned.
      rejectUnauthorized: false,
    }),
    'secureConnect',
    signal,
  );
  const der = socket.getPeerCertificate(false).raw;
  const fingerprint = createHash('sha256').update(der).digest('hex');
  const server = hostAndPort(address);
  const verdict = await trust.judge(server, { fingerprint, authorized: socket.authorized });
  if (verdict.accept) {
    socket.setNoDelay(true);
    return socket;
  }
  socket.destroy();
  throw new ConnectionError('untrusted', server, verdict.why);
};
