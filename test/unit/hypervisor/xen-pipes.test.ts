// Carrying bytes: the last piece counts, however soon the end comes behind it, and a stream that always has more lets others go on.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { consume, passOn } from '../../../src/drivers/hypervisor/xen/migration/pipes.ts';
import { ZeroPacker, ZeroUnpacker } from '../../../src/wire/zero-runs.ts';

const pieces = (...texts: readonly string[]): Readable => {
  const from = new Readable({ read: () => undefined });
  for (const text of texts) from.push(Buffer.from(text));
  from.push(null);
  return from;
};

/** As slow as somebody who passes the piece on. */
const later = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5));

test('enough in the last piece is enough, though the stream has ended meanwhile', async () => {
  const taken: string[] = [];
  const end = await consume(pieces('one', 'two'), async piece => {
    await later();
    taken.push(Buffer.from(piece).toString());
    return taken.length === 2 ? 'enough' : 'more';
  });
  expect([end, taken]).toEqual(['enough', ['one', 'two']]);
});

test('the end is told when the last piece is taken', async () => {
  const taken: string[] = [];
  const end = await consume(pieces('one', 'two'), async piece => {
    await later();
    taken.push(Buffer.from(piece).toString());
    return 'more';
  });
  expect([end, taken]).toEqual(['ended', ['one', 'two']]);
});

test('who cannot take a piece is heard', async () => {
  await expect(consume(pieces('one'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('a stream that always has more does not keep timers waiting', async () => {
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(1));
    },
  });
  const startedMs = performance.now();
  let isHeard = false;
  const timer = setTimeout(() => {
    isHeard = true;
  }, 10);
  const end = await consume(endless, () => Promise.resolve(isHeard || performance.now() - startedMs > 2_000 ? 'enough' : 'more'));
  clearTimeout(timer);
  expect([end, isHeard]).toEqual(['enough', true]);
});

test('what lies in a buffer that is used again arrives as it was, however slowly it is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = connect(address !== null && typeof address === 'object' ? address.port : 0, '127.0.0.1');
  const [there]: Socket[] = await once(server, 'connection');
  if (there === undefined) throw new Error('a connection has two ends');
  const unpacker = new ZeroUnpacker();
  const received: Uint8Array[] = [];
  let taken = 0;
  const receiving = consume(there, async piece => {
    if (taken++ % 8 === 0) await later();
    received.push(...[...unpacker.push(piece)].map(part => Buffer.from(part)));
    return 'more';
  });
  const packer = new ZeroPacker();
  const sent = Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? Buffer.alloc(65_536) : randomBytes(65_536)));
  const sending = async (): Promise<void> => {
    for (const piece of sent) {
      const { bytes, release } = packer.pack(piece);
      await passOn(socket, bytes, release);
    }
    socket.end();
  };
  try {
    await Promise.all([receiving, sending()]);
  } finally {
    for (const end of [socket, there]) end.destroy();
    server.close();
  }
  expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
});
