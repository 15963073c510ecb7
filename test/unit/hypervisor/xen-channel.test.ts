// The connections between the agents of a move, over real TLS.

import { afterEach, describe, expect, test } from '@jest/globals';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connectPeer, listenForPeer, type PeerServer } from '../../../src/drivers/hypervisor/xen/migration/channel.ts';
import { decodeTicket, encodeTicket } from '../../../src/drivers/hypervisor/xen/migration/ticket.ts';
import { createTlsIdentity } from '../../../src/ops/migration/certificates.ts';

let server: PeerServer | undefined;
afterEach(() => server?.close());

const answering = (purpose: string, socket: Socket): void => {
  if (purpose === 'nobody') throw new Error('not served');
  let said = '';
  // It is handed over paused.
  socket.resume();
  socket.setEncoding('latin1').on('data', (piece: string) => {
    said += piece;
    if (said.endsWith('.')) socket.end(`${purpose}: ${said}`);
  });
};

const [source, destination, stranger] = await Promise.all([createTlsIdentity(), createTlsIdentity(), createTlsIdentity()]);
const open = async (encrypted: boolean): Promise<{ readonly host: string; readonly port: number }> => {
  server = await listenForPeer('127.0.0.1', encrypted ? destination.toward(source.offer) : undefined, answering);
  return { host: '127.0.0.1', port: server.port };
};

describe.each([true, false])('encrypted: %s', encrypted => {
  const tls = encrypted ? source.toward(destination.offer) : undefined;

  test('says what it is for, and carries bytes both ways', async () => {
    const socket = await connectPeer(await open(encrypted), tls, 'disk 0123456789');
    const much = `${'much '.repeat(100_000)}.`;
    socket.write(much);
    expect(await text(socket)).toBe(`disk 0123456789: ${much}`);
  });

  test('what is not served is ended', async () => {
    const socket = await connectPeer(await open(encrypted), tls, 'nobody');
    socket.on('error', () => undefined);
    expect(await text(socket).catch(() => '')).toBe('');
  });
});

test('a stranger is not let in, and no stranger is believed', async () => {
  const at = await open(true);
  const intruder = connectPeer(at, stranger.toward(destination.offer), 'memory').then(socket => {
    socket.on('error', () => undefined);
    socket.end('x');
    return text(socket).catch(() => '');
  });
  expect(await intruder.catch(() => '')).toBe('');
  await expect(connectPeer(at, source.toward(stranger.offer), 'memory')).rejects.toMatchObject({ kind: 'unreachable' });
});

test('nobody listens: unreachable', async () => {
  const at = await open(false);
  server?.close();
  await expect(connectPeer(at, undefined, 'memory')).rejects.toMatchObject({ kind: 'unreachable' });
});

describe('tickets', () => {
  const ticket = { host: '10.0.0.2', port: 4711, disks: { a: '0123456789', b: 'abcdef0123' } };

  test('come back as they were', () => {
    expect(decodeTicket(encodeTicket(ticket))).toEqual(ticket);
  });

  test.each([
    ['of another driver', { driver: 'qemu' }],
    ['no port', { port: 0 }],
    ['a port that is none', { port: 1.5 }],
    ['an address with a space', { host: 'a b' }],
    ['an export’s name with a path in it', { disks: { a: '../../x' } }],
    ['an export’s name that is none', { disks: { a: 7 } }],
  ])('%s: refused', (_what, change) => {
    expect(() => decodeTicket({ ...encodeTicket(ticket), ...change })).toThrow(expect.objectContaining({ kind: 'bad-config' }));
  });
});
