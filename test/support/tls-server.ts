// Certificates made for a test, and a XenAPI server over TLS that answers JSON-RPC with what a function gives.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { XenError } from '../../src/model/error.ts';
import type { RpcRequest } from '../../src/client/transport.ts';

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly keyPath: string;
  readonly certPath: string;
}

/** A certificate for `altName` (`IP:…` or `DNS:…`): signed by `ca` where one is given, else by itself. */
export const makeCertificate = (folder: string, name: string, altName: string, ca?: Certificate): Certificate => {
  const [keyPath, certPath, extensions] = [join(folder, `${name}.key`), join(folder, `${name}.pem`), join(folder, `${name}.ext`)];
  writeFileSync(
    extensions,
    `[req]\ndistinguished_name=dn\n[dn]\n[v3]\nbasicConstraints=critical,CA:${ca === undefined}\nsubjectAltName=${altName}\n`,
  );
  const signed = ca === undefined ? [] : ['-CA', ca.certPath, '-CAkey', ca.keyPath];
  const made = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    keyPath,
    '-out',
    certPath,
  ];
  execFileSync('openssl', ['req', ...made, '-subj', `/CN=${name}`, '-config', extensions, '-extensions', 'v3', ...signed], {
    stdio: 'pipe',
  });
  return { key: readFileSync(keyPath), cert: readFileSync(certPath), keyPath, certPath };
};

export interface TlsServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly requests: readonly RpcRequest[];
  /** Connections whose handshake was completed. */
  readonly connections: () => number;
}

/** `answer` throws XenError to refuse. */
export const startTlsServer = async (
  certificate: Pick<Certificate, 'key' | 'cert'>,
  answer: (request: RpcRequest) => unknown,
  at: { readonly host?: string; readonly port?: number } = {},
): Promise<TlsServer> => {
  const { host = '127.0.0.1', port = 0 } = at;
  const requests: RpcRequest[] = [];
  let connections = 0;
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, params } = JSON.parse(Buffer.concat(parts).toString('utf8'));
      requests.push({ method, params });
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...outcome(answer, { method, params }) }));
    });
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>(resolve => server.listen(port, host, resolve));
  return {
    host,
    port: (server.address() as AddressInfo).port,
    requests,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
};

const outcome = (answer: (request: RpcRequest) => unknown, request: RpcRequest): object => {
  try {
    return { result: answer(request) };
  } catch (error) {
    if (error instanceof XenError) return { error: { code: 1, message: error.code, data: error.params } };
    throw error;
  }
};
