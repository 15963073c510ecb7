// OpenFlow 1.0 on the wire, as far as a session needs it that is only there to know that the switch lives, and how it treats fragments.
// Bytes in, messages out; no socket. Every switch speaks 1.0; a newer greeting is answered with it.

import { ProtocolError } from './protocol-error.ts';

const version = 1;
const headerBytes = 8;

export const messageType = {
  hello: 0,
  error: 1,
  echoRequest: 2,
  echoReply: 3,
  setConfig: 9,
  barrierRequest: 18,
  barrierReply: 19,
} as const;

export interface OpenFlowMessage {
  readonly type: number;
  readonly transaction: number;
  readonly body: Uint8Array;
}

export const encodeMessage = (type: number, transaction: number, body: Uint8Array = new Uint8Array()): Uint8Array => {
  const message = Buffer.alloc(headerBytes + body.length);
  message.writeUInt8(version, 0);
  message.writeUInt8(type, 1);
  message.writeUInt16BE(message.length, 2);
  message.writeUInt32BE(transaction, 4);
  message.set(body, headerBytes);
  return message;
};

/** Body of `setConfig`: ports and kinds are seen in the first fragment of a packet, and are none in the others; no frame comes here. */
export const matchFirstFragments = (): Uint8Array => Uint8Array.of(0, 3, 0, 0);

/** Cuts a stream into messages. */
export class OpenFlowSplitter {
  #held: Buffer = Buffer.alloc(0);

  /** The messages that `piece` completes. Throws ProtocolError for what is no OpenFlow; the stream is lost then. */
  push(piece: Uint8Array): OpenFlowMessage[] {
    this.#held = Buffer.concat([this.#held, piece]);
    const messages: OpenFlowMessage[] = [];
    while (this.#held.length >= headerBytes) {
      const length = this.#held.readUInt16BE(2);
      if (length < headerBytes) throw new ProtocolError(`an OpenFlow message of ${length} bytes is shorter than its header`);
      if (this.#held.length < length) break;
      messages.push({
        type: this.#held.readUInt8(1),
        transaction: this.#held.readUInt32BE(4),
        body: Uint8Array.from(this.#held.subarray(headerBytes, length)),
      });
      this.#held = this.#held.subarray(length);
    }
    return messages;
  }
}
