// The transport against real servers: keep-alive, JSON-RPC and the way back to XML-RPC, certificates, lost connections, aborts.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ConnectionError } from '../../../src/client/errors.ts';
import { protocolMemory } from '../../../src/client/memory.ts';
import { HttpTransport } from '../../../src/client/transport.ts';
import { trustPolicy } from '../../../src/client/trust.ts';
import { XenError } from '../../../src/model/error.ts';

let folder = '';
let servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xcp-client-'));
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

type Answer = (path: string, body: string) => { readonly status?: number; readonly body: string } | 'hang' | 'drop';

const listenTo = (server: Server, answer: Answer): Server => {
  servers.push(server);
  server.on('request', (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const reply = answer(request.url ?? '', Buffer.concat(parts).toString('utf8'));
      if (reply === 'drop') request.socket.destroy();
      else if (reply !== 'hang') response.writeHead(reply.status ?? 200).end(reply.body);
    });
  });
  return server;
};

const onSocket = async (answer: Answer): Promise<{ readonly path: string; readonly connections: () => number }> => {
  const path = join(folder, 's');
  let connections = 0;
  const server = listenTo(createServer(), answer);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>(resolve => server.listen(path, resolve));
  return { path, connections: () => connections };
};

const echo: Answer = (_path, body) => ({ body: JSON.stringify({ jsonrpc: '2.0', id: 1, result: JSON.parse(body).params[0] }) });
const call = { method: 'VM.get_all', params: ['value'] };

test('calls one after the other share a connection', async () => {
  const { path, connections } = await onSocket(echo);
  const transport = new HttpTransport({ kind: 'unix', path });
  for (const value of ['a', 'b', 'ü'.repeat(100_000)]) expect(await transport.request({ method: 'x', params: [value] })).toBe(value);
  expect(connections()).toBe(1);
  transport.close();
});

test('calls at a time are many, connections few', async () => {
  const { path, connections } = await onSocket(echo);
  const transport = new HttpTransport({ kind: 'unix', path });
  const values = Array.from({ length: 50 }, (_, i) => i);
  expect(await Promise.all(values.map(value => transport.request({ method: 'x', params: [value] })))).toEqual(values);
  expect(connections()).toBeLessThanOrEqual(8);
  transport.close();
});

test('a refusal is a XenError', async () => {
  const { path } = await onSocket(() => ({ body: JSON.stringify({ error: { code: 1, message: 'HANDLE_INVALID', data: ['VM', 'x'] } }) }));
  const transport = new HttpTransport({ kind: 'unix', path });
  await expect(transport.request(call)).rejects.toEqual(new XenError('HANDLE_INVALID', ['VM', 'x']));
  transport.close();
});

test.each<[string, Answer, string]>([
  ['a connection that ends', () => 'drop', 'lost'],
  ['an answer that is no JSON', () => ({ body: '<html>' }), 'not-xenapi'],
  ['an answer that is no XML-RPC either', path => (path === '/jsonrpc' ? { status: 404, body: '' } : { body: '<html>' }), 'not-xenapi'],
  ['XML that is no XML-RPC', () => ({ body: '<?xml version="1.0"?><html></html>' }), 'not-xenapi'],
  ['another status', () => ({ status: 503, body: '' }), 'not-xenapi'],
])('%s is told', async (_name, answer, problem) => {
  const { path } = await onSocket(answer);
  const transport = new HttpTransport({ kind: 'unix', path });
  await expect(transport.request(call)).rejects.toMatchObject({ problem });
});

test('nobody there is told', async () => {
  await expect(new HttpTransport({ kind: 'unix', path: join(folder, 'none') }).request(call)).rejects.toMatchObject({ problem: 'refused' });
});

test('an abort ends a call with its reason', async () => {
  const { path } = await onSocket(() => 'hang');
  const abort = new AbortController();
  const pending = new HttpTransport({ kind: 'unix', path }).request(call, abort.signal);
  const reason = new Error('enough');
  setImmediate(() => abort.abort(reason));
  await expect(pending).rejects.toBe(reason);
});

test('a server without JSON-RPC is asked in XML-RPC, and that is remembered', async () => {
  const paths: string[] = [];
  const server = listenTo(createServer(), path => {
    paths.push(path);
    if (path === '/jsonrpc') return { status: 404, body: '' };
    const value = '<struct><member><name>uuid</name><value>u</value></member><member><name>tag</name><value>7</value></member></struct>';
    return {
      body: `<methodResponse><params><param><value><struct><member><name>Status</name><value>Success</value></member><member><name>Value</name><value>${value}</value></member></struct></value></param></params></methodResponse>`,
    };
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = { kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port } as const;
  const memory = protocolMemory(join(folder, 'memory'));
  const request = { method: 'VLAN.get_record', params: ['OpaqueRef:s', 'OpaqueRef:v'] };
  for (const transport of [new HttpTransport(address, { memory }), new HttpTransport(address, { memory })]) {
    expect(await transport.request(request)).toMatchObject({ uuid: 'u', tag: 7 });
    transport.close();
  }
  expect(paths).toEqual(['/jsonrpc', '/', '/']);
});

test('a certificate is pinned at the first contact and another one refused', async () => {
  const makeCertificate = (name: string) => {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-subj',
        '/CN=localhost',
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  };
  const server = createTlsServer(makeCertificate('one'));
  listenTo(server, echo);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = { kind: 'tls', host: '127.0.0.1', port: (server.address() as AddressInfo).port } as const;
  const knownHostsPath = join(folder, 'config', 'known_hosts');
  const notes: string[] = [];
  const connect = () => {
    const transport = new HttpTransport(address, { trust: trustPolicy({ knownHostsPath, warn: note => notes.push(note) }) });
    return transport.request(call).finally(() => transport.close());
  };
  expect(await connect()).toBe('value');
  expect(await connect()).toBe('value');
  expect(notes).toHaveLength(1);
  expect(statSync(knownHostsPath).mode & 0o777).toBe(0o600);
  server.setSecureContext(makeCertificate('two'));
  await expect(connect()).rejects.toMatchObject({ problem: 'untrusted' });
  await expect(connect()).rejects.toBeInstanceOf(ConnectionError);
});

test('closing ends what is still on its way, and nothing is begun any more', async () => {
  const { path, connections } = await onSocket(() => 'hang');
  const transport = new HttpTransport({ kind: 'unix', path });
  const waiting = Array.from({ length: 10 }, () => transport.request(call));
  const ended = Promise.allSettled(waiting);
  while (connections() < 8) await new Promise(resolve => setImmediate(resolve));
  transport.close();
  for (const outcome of await ended) expect(outcome).toMatchObject({ status: 'rejected', reason: { problem: 'lost' } });
  await expect(transport.request(call)).rejects.toMatchObject({ problem: 'lost' });
});
