// NBD's client side: what a server says is the same in any pieces, and what none would say ends the stream.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeGo, encodeNbdRequest, type NbdMessage, NbdSplitter } from '../../src/wire/nbd.ts';
import { ProtocolError } from '../../src/wire/protocol-error.ts';

const greeting = Buffer.concat([Buffer.from('NBDMAGICIHAVEOPT'), Buffer.from([0, 3])]);

const option = (type: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(20);
  head.write('0003e889045565a9', 'hex');
  head.writeUInt32BE(7, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data.length, 16);
  return Buffer.concat([head, data]);
};

const exportInfo = (sizeBytes: bigint, flags: number): Buffer => {
  const data = Buffer.alloc(12);
  data.writeBigUInt64BE(sizeBytes, 2);
  data.writeUInt16BE(flags, 10);
  return option(3, data);
};

const reply = (cookie: number, error: number, data = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x67446698, 0);
  head.writeUInt32BE(error, 4);
  head.writeBigUInt64BE(BigInt(cookie), 8);
  return Buffer.concat([head, data]);
};

const split = (bytes: Buffer, sizes: readonly number[], lengths: ReadonlyMap<number, number>): readonly NbdMessage[] => {
  const splitter = new NbdSplitter(cookie => lengths.get(cookie) ?? 0);
  const messages: NbdMessage[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    messages.push(...splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return messages;
};

test('a talk comes out the same, whatever its pieces', () => {
  const data = Buffer.from('some bytes of a disk');
  const talk = Buffer.concat([
    greeting,
    exportInfo(123456789n, 0x0003),
    option(3, Buffer.from([0, 3, 0, 0, 0, 1])),
    option(1, Buffer.alloc(0)),
    reply(1, 0, data),
    reply(2, 0),
    reply(3, 28),
    reply(4, 0, data),
  ]);
  const lengths = new Map([
    [1, data.length],
    [3, 999],
    [4, data.length],
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }), sizes => {
      expect(split(talk, sizes, lengths)).toEqual([
        { kind: 'greeting' },
        { kind: 'export', sizeBytes: 123456789, isReadOnly: true },
        { kind: 'ready' },
        { kind: 'reply', cookie: 1, error: 0, data },
        { kind: 'reply', cookie: 2, error: 0, data: Buffer.alloc(0) },
        { kind: 'reply', cookie: 3, error: 28, data: Buffer.alloc(0) },
        { kind: 'reply', cookie: 4, error: 0, data },
      ]);
    }),
  );
});

test('a refusal tells its reason', () => {
  const talk = Buffer.concat([greeting, option(0x80000006, Buffer.from('no such export'))]);
  expect(split(talk, [talk.length], new Map()).at(-1)).toEqual({ kind: 'refused', reason: 'no such export' });
});

describe('what no server says', () => {
  test.each([
    ['another greeting', Buffer.from('HTTP/1.1 400 Bad Request')],
    ['another option reply', Buffer.concat([greeting, Buffer.alloc(20, 1)])],
    ['an endless option reply', Buffer.concat([greeting, option(3, Buffer.alloc(0)).fill(0xff, 16, 20)])],
    ['another reply', Buffer.concat([greeting, option(1, Buffer.alloc(0)), Buffer.alloc(16, 1)])],
  ])('%s', (_what, bytes) => {
    expect(() => split(bytes, [bytes.length], new Map())).toThrow(ProtocolError);
  });
});

test('requests have the layout of the protocol', () => {
  expect(encodeNbdRequest('write', 5, 2 ** 40, 512).toString('hex')).toBe(
    '25609513' + '0000' + '0001' + '0000000000000005' + '0000010000000000' + '00000200',
  );
  expect(encodeGo('disk').toString('hex')).toBe(
    `00000003${Buffer.from('IHAVEOPT').toString('hex')}000000070000000a00000004${Buffer.from('disk').toString('hex')}0000`,
  );
});
