// TLS to a server. Nothing is sent before the certificate was judged.

import { createHash } from 'node:crypto';
import { type Socket, isIP } from 'node:net';
import { type TLSSocket, connect } from 'node:tls';
import { hostAndPort } from './address.ts';
import { ConnectionError } from './errors.ts';
import type { TrustPolicy } from './trust.ts';

/** `wait` resolves when the handshake is over. Rejects with ConnectionError 'untrusted' if the certificate is refused. */
export const openTls = async (
  address: { readonly host: string; readonly port: number },
  trust: TrustPolicy,
  wait: (socket: TLSSocket) => Promise<TLSSocket>,
): Promise<Socket> => {
  const { host, port } = address;
  const socket = await wait(
    connect({
      host,
      port,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(trust.ca === undefined ? {} : { ca: trust.ca }),
      minVersion: 'TLSv1.2',
      // The verdict is ours, below: a XenAPI server's certificate is its own, and pinned.
      rejectUnauthorized: false,
    }),
  );
  const der = socket.getPeerCertificate(false).raw;
  const fingerprint = createHash('sha256').update(der).digest('hex');
  const server = hostAndPort(address);
  const verdict = await trust.judge(server, { fingerprint, authorized: socket.authorized });
  if (verdict.accept) return socket;
  socket.destroy();
  throw new ConnectionError('untrusted', server, verdict.why);
};
