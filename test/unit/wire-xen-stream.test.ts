import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProtocolError } from '../../src/wire/protocol-error.ts';
import { STREAM_END, XenStreamFollower } from '../../src/wire/xen-stream.ts';
import { exampleStream } from '../support/xen-stream.ts';

const follow = (follower: XenStreamFollower, pieces: readonly Uint8Array[]): Buffer =>
  Buffer.concat(pieces.flatMap(piece => [...follower.push(piece)]));

test('all passes but the last record', () => {
  const stream = exampleStream({ config: '{"c_info": {}}', pages: [4096, 5, 0] });
  const follower = new XenStreamFollower();
  const passed = follow(follower, [stream]);
  expect(follower.isComplete).toBe(true);
  expect(Buffer.concat([passed, STREAM_END])).toEqual(stream);
});

test('without its last byte it is not complete', () => {
  const stream = exampleStream({ config: '', pages: [8] });
  const follower = new XenStreamFollower();
  follow(follower, [stream.subarray(0, -1)]);
  expect(follower.isComplete).toBe(false);
});

test('any cutting of the stream gives the same bytes, and the same end', () => {
  const shape = fc.record({ config: fc.string({ maxLength: 300 }), pages: fc.array(fc.nat({ max: 300 }), { maxLength: 8 }) });
  fc.assert(
    fc.property(shape, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (made, sizes) => {
      const stream = exampleStream(made);
      const follower = new XenStreamFollower();
      const pieces: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        pieces.push(stream.subarray(at, at + size));
        at += size;
      }
      const passed = follow(follower, pieces);
      expect(follower.isComplete).toBe(true);
      expect(Buffer.concat([passed, STREAM_END]).equals(stream)).toBe(true);
    }),
  );
});

describe('what is no such stream is refused', () => {
  const stream = exampleStream({ config: 'x', pages: [16] });
  const broken = (at: number): Buffer => {
    const copy = Buffer.from(stream);
    copy[at] = (copy[at] ?? 0) ^ 0xff;
    return copy;
  };

  test.each([
    ['xl’s magic', 3],
    ['libxl’s', 50],
    ['libxc’s', 48 + 1 + 16 + 8 + 2],
  ])('%s', (_what, at) => {
    expect(() => follow(new XenStreamFollower(), [broken(at)])).toThrow(ProtocolError);
  });

  test('bytes behind the end', () => {
    expect(() => follow(new XenStreamFollower(), [stream, Buffer.alloc(1)])).toThrow(/behind its end/);
  });

  test('any bytes: refused or waited on, never more passed than came', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), pieces => {
        const follower = new XenStreamFollower();
        let passed = 0;
        try {
          passed = follow(follower, pieces).length;
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
        expect(passed).toBeLessThanOrEqual(pieces.reduce((sum, piece) => sum + piece.length, 0));
      }),
    );
  });
});
