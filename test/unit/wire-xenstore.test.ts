import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProtocolError } from '../../src/wire/protocol-error.ts';
import {
  childNames,
  directoryPart,
  encodeMessage,
  encodeRequest,
  errorCode,
  HEADER_BYTES,
  isPath,
  MAX_PAYLOAD_BYTES,
  watchEvent,
  XenstoreSplitter,
  type XenstoreMessage,
} from '../../src/wire/xenstore.ts';

const message = fc.record({
  kind: fc.constantFrom('directory', 'read', 'watch', 'write', 'error', 'watch-event', 'directory-part'),
  requestId: fc.nat({ max: 0xffffffff }),
  payload: fc.uint8Array({ maxLength: 300 }),
}) satisfies fc.Arbitrary<XenstoreMessage>;

const zeroEnded = (...words: readonly string[]): Buffer => Buffer.from(words.map(word => `${word}\0`).join(''));

test('a request is laid out as the daemon reads it', () => {
  const bytes = encodeRequest('write', 7, ['/local/domain/1/name'], Buffer.from('a guest'));
  expect(bytes.toString('hex', 0, HEADER_BYTES)).toBe('0b0000000700000000000000' + '1c000000');
  expect(bytes.toString('latin1', HEADER_BYTES)).toBe('/local/domain/1/name\0a guest');
});

test('any cutting of the stream gives the same messages', () => {
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat({ max: 40 })), (messages, sizes) => {
      let rest = Buffer.concat(messages.map(encodeMessage));
      const splitter = new XenstoreSplitter();
      const got: XenstoreMessage[] = [];
      for (const size of sizes) {
        got.push(...splitter.push(rest.subarray(0, size)));
        rest = rest.subarray(size);
      }
      got.push(...splitter.push(rest));
      expect(got).toEqual(messages);
    }),
  );
});

test('whatever bytes come in are messages or one typed error, and no more than one message is held', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), pieces => {
      const splitter = new XenstoreSplitter();
      try {
        for (const piece of pieces)
          for (const got of splitter.push(piece)) expect(got.payload.length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
  );
});

describe('refused', () => {
  test('a message that claims too much', () => {
    const head = encodeMessage({ kind: 'read', requestId: 1, payload: new Uint8Array(0) });
    head.writeUInt32LE(MAX_PAYLOAD_BYTES + 1, 12);
    expect(() => new XenstoreSplitter().push(head)).toThrow(ProtocolError);
  });
  test('a kind that nobody asked for', () => {
    const head = encodeMessage({ kind: 'read', requestId: 1, payload: new Uint8Array(0) });
    head.writeUInt32LE(99, 0);
    expect(() => new XenstoreSplitter().push(head)).toThrow(/unknown kind 99/);
  });
  test('a value that does not fit, and a path with a zero byte', () => {
    expect(() => encodeRequest('write', 1, ['/a'], new Uint8Array(MAX_PAYLOAD_BYTES))).toThrow(ProtocolError);
    expect(() => encodeRequest('read', 1, ['/a\0/b'])).toThrow(ProtocolError);
  });
  test.each(['', 'relative', '/a//b', '/a/', '/a b', '/ä'])('the path %j', path => {
    expect(isPath(path)).toBe(false);
  });
  test('a path that is too long', () => {
    expect(isPath(`/${'a'.repeat(4000)}`)).toBe(false);
  });
});

test.each(['/', '/local/domain/7/device/vbd/51712', '@releaseDomain', '@introduceDomain'])('the path %j is taken', path => {
  expect(isPath(path)).toBe(true);
});

test('answers are read', () => {
  expect(errorCode(zeroEnded('ENOENT'))).toBe('ENOENT');
  expect(watchEvent(zeroEnded('/local/domain/3/attr', 'token 1'))).toEqual({ path: '/local/domain/3/attr', token: 'token 1' });
  expect(childNames(zeroEnded('0', '7', '12'))).toEqual(['0', '7', '12']);
  expect(childNames(new Uint8Array(0))).toEqual([]);
});

test('a directory in parts: the last one ends with an empty name', () => {
  expect(directoryPart(zeroEnded('17', 'a', 'bcd'))).toEqual({ generation: '17', names: ['a', 'bcd'], lengthBytes: 6, isLast: false });
  expect(directoryPart(zeroEnded('17', 'e', ''))).toEqual({ generation: '17', names: ['e'], lengthBytes: 2, isLast: true });
  expect(directoryPart(zeroEnded('17', ''))).toEqual({ generation: '17', names: [], lengthBytes: 0, isLast: true });
});
