import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProtocolError } from '../../src/wire/protocol-error.ts';
import { ZeroPacker, ZeroUnpacker } from '../../src/wire/zero-runs.ts';

const packer = new ZeroPacker();
/** Into a buffer that was used before. */
const packZeroes = (piece: Uint8Array): Buffer => {
  const { bytes, release } = packer.pack(piece);
  const copy = Buffer.from(bytes);
  release();
  return copy;
};

const unpack = (pieces: readonly Uint8Array[]): Buffer => {
  const unpacker = new ZeroUnpacker();
  return Buffer.concat(pieces.flatMap(piece => [...unpacker.push(piece)]));
};

const cut = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const pieces: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
};

/** Stretches of zeroes and of other bytes, long enough to hold whole blocks of either. */
const stretches = fc
  .array(fc.tuple(fc.nat({ max: 5000 }), fc.nat({ max: 255 })), { maxLength: 8 })
  .map(parts => Buffer.concat(parts.map(([length, byte]) => Buffer.alloc(length, byte % 3 === 0 ? 0 : byte))));

test('any bytes, cut in any way before and on the way, come out as they went in', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(stretches, sizes, sizes, (bytes, before, onTheWay) => {
      const packed = Buffer.concat(cut(bytes, before).map(packZeroes));
      expect(unpack(cut(packed, onTheWay)).equals(bytes)).toBe(true);
    }),
  );
});

test('zeroes cost next to nothing, other bytes little more than themselves', () => {
  expect(packZeroes(Buffer.alloc(1 << 20)).length).toBe(8);
  const noise = Buffer.alloc(1 << 20, 'noise');
  expect(packZeroes(noise).length).toBe(noise.length + 8);
});

test('a page of zeroes among others is left out, wherever it lies', () => {
  const piece = Buffer.alloc(3 * 4096, 7).fill(0, 4096 + 40, 2 * 4096 + 40);
  expect(packZeroes(piece).length).toBeLessThan(2 * 4096 + 1024 + 2 * 8 + 1);
  expect(unpack([packZeroes(piece)]).equals(piece)).toBe(true);
});

test('what is packed stays as it is until it is let go, whatever is packed meanwhile', () => {
  const first = packer.pack(Buffer.from('first'));
  const second = packer.pack(Buffer.from('second'));
  expect(unpack([first.bytes, second.bytes]).toString()).toBe('firstsecond');
});

test('nothing is nothing', () => {
  expect(packZeroes(Buffer.alloc(0)).length).toBe(0);
  expect(unpack([]).length).toBe(0);
});

describe('from a peer that means harm', () => {
  test('a run of zeroes without end is refused', () => {
    const header = Buffer.alloc(8, 0xff);
    expect(() => unpack([header])).toThrow(ProtocolError);
  });

  test('long runs come in small pieces', () => {
    const header = Buffer.alloc(8);
    header.writeUInt32LE(32 << 20, 4);
    const sizes = [...new ZeroUnpacker().push(header)].map(piece => piece.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64 << 10);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(32 << 20);
  });
});
