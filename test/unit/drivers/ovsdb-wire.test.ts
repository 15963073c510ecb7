// OVSDB's stream and values, bytes in and messages out.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { elementsOf, fieldsOf, JsonObjectSplitter, mapOf, numberOf, setOf, textOf, uuidOf, uuidsOf } from '../../../src/wire/ovsdb.ts';
import { ProtocolError } from '../../../src/wire/protocol-error.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the splitter', () => {
  test('finds the same objects however the stream is cut', () => {
    const objects = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 5 });
    fc.assert(
      fc.property(objects, fc.array(fc.nat(), { maxLength: 20 }), fc.constantFrom('', ' ', '\n'), (sent, cuts, between) => {
        const texts = sent.map(object => JSON.stringify(object));
        const stream = bytesOf(texts.join(between));
        const splitter = new JsonObjectSplitter();
        const places = [0, ...cuts.map(cut => cut % (stream.length + 1)).toSorted((a, b) => a - b), stream.length];
        const received = places.slice(1).flatMap((end, i) => splitter.push(stream.subarray(places[i], end)));
        expect(received).toEqual(texts.map(text => JSON.parse(text) as unknown));
      }),
    );
  });

  test('takes no more than its bound, and nothing that is no object', () => {
    const small = new JsonObjectSplitter(16);
    expect(() => small.push(bytesOf(`{"a":"${'x'.repeat(32)}`))).toThrow(ProtocolError);
    for (const text of ['[1]', '7', '}', 'x{}', '{"a":}', '"text"'])
      expect(() => new JsonObjectSplitter().push(bytesOf(text))).toThrow(ProtocolError);
  });

  test('fails in no other way on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          new JsonObjectSplitter(100).push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});

test('values come back as they were written; a set of one may be bare', () => {
  expect(uuidsOf(setOf([uuidOf('a'), uuidOf('b')]))).toEqual(['a', 'b']);
  expect(uuidsOf(uuidOf('a'))).toEqual(['a']);
  expect(fieldsOf(mapOf({ k: 'v' }))).toEqual({ k: 'v' });
  expect(elementsOf(setOf([]))).toEqual([]);
  expect([textOf(setOf([])), textOf('x'), numberOf(setOf([3])), numberOf('x')]).toEqual([undefined, 'x', 3, undefined]);
});
