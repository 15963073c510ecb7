// OpenFlow messages come in whole, however the stream was cut, or are refused.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeMessage, matchFirstFragments, messageType, OpenFlowSplitter } from '../../src/wire/openflow.ts';
import { ProtocolError } from '../../src/wire/protocol-error.ts';

test('a message is a header of eight bytes and its body', () => {
  const message = encodeMessage(messageType.setConfig, 0x01020304, matchFirstFragments());
  expect(Buffer.from(message).toString('hex')).toBe('0109000c0102030400030000');
});

test('messages come back, wherever the stream is cut', () => {
  const message = fc.record({ type: fc.nat(255), transaction: fc.nat(0xffffffff), body: fc.uint8Array({ maxLength: 40 }) });
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat(200)), (messages, cuts) => {
      const stream = Buffer.concat(messages.map(({ type, transaction, body }) => encodeMessage(type, transaction, body)));
      const places = [...cuts.map(cut => cut % (stream.length + 1)), stream.length].toSorted((a, b) => a - b);
      const splitter = new OpenFlowSplitter();
      let from = 0;
      const read = places.flatMap(to => {
        const piece = stream.subarray(from, to);
        from = to;
        return splitter.push(piece);
      });
      expect(read.map(each => ({ ...each, body: [...each.body] }))).toEqual(messages.map(each => ({ ...each, body: [...each.body] })));
    }),
  );
});

test('what cannot be a message is refused', () => {
  expect(() => new OpenFlowSplitter().push(Uint8Array.of(1, 0, 0, 7, 0, 0, 0, 0))).toThrow(ProtocolError);
});
