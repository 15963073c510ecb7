// Certificates of a migration: what node's own X.509 reader and TLS stack, and openssl, make of them.

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import type { MigrationTls } from '../../../src/drivers/hypervisor.ts';
import { createTlsIdentity } from '../../../src/ops/migration/certificates.ts';

/** Speaks TLS as two hosts would: both verify. Resolves with what the client read, rejects when either side refuses. */
async function handshake(server: MigrationTls, client: MigrationTls): Promise<string> {
  const listener = createServer(
    { cert: server.certPem, key: server.keyPem, ca: server.caPem, requestCert: true, rejectUnauthorized: true },
    socket => {
      socket.on('error', () => socket.destroy());
      socket.end('hello');
    },
  );
  listener.on('tlsClientError', () => undefined);
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  try {
    return await new Promise<string>((resolve, reject) => {
      const socket: TLSSocket = connect({
        host: '127.0.0.1',
        port,
        cert: client.certPem,
        key: client.keyPem,
        ca: client.caPem,
        servername: client.peerName,
      });
      let text = '';
      socket.on('data', chunk => (text += chunk.toString()));
      socket.on('end', () => (text === '' ? reject(new Error('refused')) : resolve(text)));
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('closed')));
    });
  } finally {
    listener.close();
  }
}

describe('certificates of a migration', () => {
  test('an authority signs one certificate that bears the name told to the peer', async () => {
    const identity = await createTlsIdentity();
    const tls = identity.toward({ caPem: 'x', name: 'other' });
    const [ca, leaf] = [new X509Certificate(identity.offer.caPem), new X509Certificate(tls.certPem)];
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.checkHost(identity.offer.name)).toBe(identity.offer.name);
    expect(leaf.validFromDate.getTime()).toBeLessThan(Date.now() - 3600_000);
    expect(tls.peerName).toBe('other');
  });

  test('two sides that exchanged offers trust each other', async () => {
    const [a, b] = [await createTlsIdentity(), await createTlsIdentity()];
    await expect(handshake(b.toward(a.offer), a.toward(b.offer))).resolves.toBe('hello');
  });

  test('a third side is refused as server and as client', async () => {
    const [a, b, stranger] = [await createTlsIdentity(), await createTlsIdentity(), await createTlsIdentity()];
    await expect(handshake(stranger.toward(a.offer), a.toward(b.offer))).rejects.toThrow();
    await expect(handshake(b.toward(a.offer), stranger.toward(b.offer))).rejects.toThrow();
  });

  test('openssl verifies the chain for both purposes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'xcp-certificates-'));
    try {
      const identity = await createTlsIdentity();
      writeFileSync(join(directory, 'ca.pem'), identity.offer.caPem);
      writeFileSync(join(directory, 'leaf.pem'), identity.toward(identity.offer).certPem);
      for (const purpose of ['sslserver', 'sslclient']) {
        const said = execFileSync('openssl', ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', 'ca.pem', 'leaf.pem'], {
          cwd: directory,
          encoding: 'utf8',
        });
        expect(said.trim()).toBe('leaf.pem: OK');
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
