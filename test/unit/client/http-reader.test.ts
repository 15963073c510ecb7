// Responses out of bytes: every framing, cut anywhere.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HttpReader, HttpSyntaxError } from '../../../src/client/http-reader.ts';

const chunked = (parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat([
    ...parts
      .filter(part => part.length > 0)
      .flatMap(part => [Buffer.from(`${part.length.toString(16)};x=1\r\n`), part, Buffer.from('\r\n')]),
    Buffer.from('0\r\ntrailer: yes\r\n\r\n'),
  ]);
const response = (parts: readonly Uint8Array[], isChunked: boolean): Buffer => {
  const body = Buffer.concat(parts);
  const framing = isChunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`;
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${framing}\r\nX-Name:  v \r\n\r\n`), isChunked ? chunked(parts) : body]);
};

test('two responses in one stream come out whole, however the bytes are cut', () => {
  const message = fc.tuple(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }), fc.boolean());
  fc.assert(
    fc.property(message, message, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (first, second, cuts) => {
      const bytes = Buffer.concat([response(...first), response(...second)]);
      const reader = new HttpReader();
      const bodies: string[] = [];
      for (let at = 0, i = 0; at < bytes.length; i += 1) {
        const size = cuts[i % cuts.length] ?? 1;
        for (let found = reader.push(bytes.subarray(at, at + size)); found !== undefined; found = reader.push(Buffer.alloc(0))) {
          bodies.push(found.body.toString('hex'));
          expect([found.status, found.headers.get('x-name'), found.keepAlive]).toEqual([200, 'v', true]);
        }
        at += size;
      }
      expect(bodies).toEqual([first, second].map(([parts]) => Buffer.concat(parts).toString('hex')));
    }),
  );
});

test('a body without a length ends with the connection', () => {
  const reader = new HttpReader();
  expect(reader.push(Buffer.from('HTTP/1.0 404 Not Found\r\n\r\ngone'))).toBeUndefined();
  expect(reader.end()).toMatchObject({ status: 404, reason: 'Not Found', keepAlive: false, body: Buffer.from('gone') });
});

test('an answer to CONNECT ends at its head', () => {
  const reader = new HttpReader({ connect: true });
  expect(reader.push(Buffer.from('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nraw'))).toMatchObject({ status: 200 });
  expect(reader.rest.toString()).toBe('raw');
});

test('any other bytes are waited for or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      try {
        new HttpReader().push(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(HttpSyntaxError);
      }
    }),
  );
});

test.each([
  'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n',
  'SSH-2.0\r\n\r\n',
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
])('%j is refused', text => {
  expect(() => new HttpReader().push(Buffer.from(text))).toThrow(HttpSyntaxError);
});
