// XXH64 against values that its authors and others published.

import { expect, test } from '@jest/globals';
import { xxhash64 } from '../../src/wire/xxhash64.ts';

/** The bytes that the reference implementation tests itself with. */
const sanityBytes = (length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  let generator = 2654435761;
  for (let i = 0; i < length; i += 1) {
    bytes[i] = generator >>> 24;
    generator = Math.imul(generator, generator) >>> 0;
  }
  return bytes;
};

test.each([
  ['nothing', Buffer.alloc(0), 'EF46DB3751D8E999'],
  ['a letter', Buffer.from('a'), 'D24EC4F1A98C6E5B'],
  ['three', Buffer.from('abc'), '44BC2CF5AD770999'],
  ['more than a stripe', Buffer.from('Nobody inspects the spammish repetition'), 'FBCEA83C8A378BF1'],
  ['one byte', sanityBytes(1), '4FCE394CC88952D8'],
  ['14 bytes', sanityBytes(14), 'CFFA8DB881BC3A3D'],
  ['101 bytes', sanityBytes(101), '0EAB543384F878AD'],
])('%s', (_what, bytes, hash) => {
  expect(xxhash64(bytes)).toBe(hash);
});

test('a view into a larger buffer is hashed as it is', () => {
  const bytes = sanityBytes(101);
  expect(xxhash64(Buffer.concat([Buffer.from('front'), bytes, Buffer.from('back')]).subarray(5, 106))).toBe(xxhash64(bytes));
});
