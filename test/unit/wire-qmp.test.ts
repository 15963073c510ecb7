import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeMessage, encodeCommand, LineSplitter } from '../../src/wire/qmp.ts';
import { ProtocolError } from '../../src/wire/protocol-error.ts';

const cutAt = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...pieces, bytes.subarray(at)];
};

describe('lines', () => {
  test('any cutting of the stream gives the same lines', () => {
    const line = fc.string({ unit: 'grapheme' }).map(text => text.replaceAll(/[\n\r]/g, ' ').trim());
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat({ max: 20 })), (lines, sizes) => {
        const bytes = Buffer.from(lines.map(each => `${each}\r\n`).join(''));
        const splitter = new LineSplitter();
        expect(cutAt(bytes, sizes).flatMap(piece => splitter.push(piece))).toEqual(lines);
      }),
    );
  });

  test('a line without an end is refused at the bound, however it comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), pieceBytes => {
        const splitter = new LineSplitter(100);
        const push = (): void => {
          for (let sent = 0; sent <= 100; sent += pieceBytes) splitter.push(new Uint8Array(pieceBytes).fill(0x61));
        };
        expect(push).toThrow(ProtocolError);
      }),
    );
  });

  test('what comes before the agent’s mark is dropped', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.from([0x7b, 0x22, 0xff, 0x7b, 0x7d, 0x0a]))).toEqual(['{}']);
  });
});

describe('messages', () => {
  test.each([
    [
      '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian"}, "capabilities": ["oob"]}}',
      { kind: 'greeting', version: '7.2.22', capabilities: ['oob'] },
    ],
    ['{"return": {"status": "running"}, "id": 7}', { kind: 'return', id: 7, value: { status: 'running' } }],
    ['{"return": 0}', { kind: 'return', id: null, value: 0 }],
    [
      '{"id": 3, "error": {"class": "GenericError", "desc": "no"}}',
      { kind: 'error', id: 3, errorClass: 'GenericError', description: 'no' },
    ],
    [
      '{"timestamp": {"seconds": 2, "microseconds": 500000}, "event": "STOP"}',
      { kind: 'event', name: 'STOP', data: {}, timestampMs: 2500 },
    ],
  ])('%s', (line, message) => {
    expect(decodeMessage(line)).toEqual(message);
  });

  test('an empty line is nothing', () => {
    expect(decodeMessage('')).toBeUndefined();
  });

  test.each(['[]', '7', '{', '{}', '{"x": 1}', 'null'])('%s is refused', line => {
    expect(() => decodeMessage(line)).toThrow(ProtocolError);
  });

  test('whatever comes, it is a message or a protocol error', () => {
    const tryDecode = (line: string): unknown => {
      try {
        return decodeMessage(line);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
        return undefined;
      }
    };
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), line => void tryDecode(line)));
  });

  test('a command is one line', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.boolean(), (args, outOfBand) => {
        const text = encodeCommand('x-command', 5, args, outOfBand);
        expect(text.indexOf('\n')).toBe(text.length - 1);
        expect(JSON.parse(text)).toEqual({
          [outOfBand ? 'exec-oob' : 'execute']: 'x-command',
          arguments: JSON.parse(JSON.stringify(args)),
          id: 5,
        });
      }),
    );
  });
});
