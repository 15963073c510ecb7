// The stream in which Xen's tools send a guest: xl's header with its configuration, libxl's records, and within them libxc's, which hold the memory.
// Bytes in, bytes out; no socket. Nothing in it is understood but where each part ends, for one reason: whoever carries the stream must know its last
// record and hold it back. What receives it opens the guest's disks as soon as it has that record.
//
//   xl: magic 32, byte order, flags, flags, length of the configuration      libxl: "LibxlFmt", version, options, then records
//   a record of either kind: type u32, length u32, body, zeroes up to 8      the record LIBXC_CONTEXT has no body: libxc's own stream follows it

import { ProtocolError } from './protocol-error.ts';

const XL_MAGIC = Buffer.from('Xen saved domain, xl format\n \0 \r', 'latin1');
const XL_HEADER_BYTES = 48;
const LIBXL_IDENT = Buffer.from('LibxlFmt', 'latin1');
const LIBXL_HEADER_BYTES = 16;
const LIBXC_MARKER = Buffer.from('ffffffffffffffff58454e46', 'hex');
const LIBXC_HEADERS_BYTES = 24 + 16;
const RECORD_HEADER_BYTES = 8;
const ALIGNMENT = 8;

/** Type 0 ends either kind of records. */
const END = 0;
const LIBXC_CONTEXT = 1;

/** The last record of all. */
export const STREAM_END: Uint8Array = Buffer.alloc(RECORD_HEADER_BYTES);

type Part = 'xl-header' | 'libxl-header' | 'libxl-record' | 'libxc-headers' | 'libxc-record' | 'complete';

const HEADER_BYTES: Readonly<Record<Exclude<Part, 'complete'>, number>> = {
  'xl-header': XL_HEADER_BYTES,
  'libxl-header': LIBXL_HEADER_BYTES,
  'libxl-record': RECORD_HEADER_BYTES,
  'libxc-headers': LIBXC_HEADERS_BYTES,
  'libxc-record': RECORD_HEADER_BYTES,
};

const padded = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Follows one stream, whatever its pieces. */
export class XenStreamFollower {
  #part: Part = 'xl-header';
  /** Of a header that is not whole yet. */
  #held: Buffer = Buffer.alloc(0);
  /** Of the body that is passing. */
  #bodyBytes = 0;

  /** Whether all but the last record has passed. */
  get isComplete(): boolean {
    return this.#part === 'complete';
  }

  /** What of the stream goes on now: all of it, but for a header that is not whole and for the last record. Throws ProtocolError. */
  push(piece: Uint8Array): readonly Uint8Array[] {
    const passing: Uint8Array[] = [];
    let rest = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    while (rest.length > 0) {
      if (this.#bodyBytes > 0) {
        const body = rest.subarray(0, this.#bodyBytes);
        this.#bodyBytes -= body.length;
        rest = rest.subarray(body.length);
        passing.push(body);
        continue;
      }
      if (this.#part === 'complete') throw new ProtocolError('the guest’s stream goes on behind its end');
      const missing = HEADER_BYTES[this.#part] - this.#held.length;
      this.#held = Buffer.concat([this.#held, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (this.#held.length < HEADER_BYTES[this.#part]) break;
      const header = this.#held;
      this.#held = Buffer.alloc(0);
      this.#bodyBytes = this.#enter(this.#part, header);
      if (!this.isComplete) passing.push(header);
    }
    return passing;
  }

  /** A header is whole: what comes after it. Returns the length of its body. */
  #enter(part: Exclude<Part, 'complete'>, header: Buffer): number {
    switch (part) {
      case 'xl-header':
        if (!header.subarray(0, XL_MAGIC.length).equals(XL_MAGIC)) throw new ProtocolError('this is no stream of xl’s');
        this.#part = 'libxl-header';
        return header.readUInt32LE(XL_HEADER_BYTES - 4);
      case 'libxl-header':
        if (!header.subarray(0, LIBXL_IDENT.length).equals(LIBXL_IDENT)) throw new ProtocolError('this is no stream of libxl’s');
        this.#part = 'libxl-record';
        return 0;
      case 'libxc-headers':
        if (!header.subarray(0, LIBXC_MARKER.length).equals(LIBXC_MARKER)) throw new ProtocolError('this is no stream of libxc’s');
        this.#part = 'libxc-record';
        return 0;
      case 'libxl-record':
        if (header.readUInt32LE(0) === END) this.#part = 'complete';
        if (header.readUInt32LE(0) === LIBXC_CONTEXT) this.#part = 'libxc-headers';
        return padded(header.readUInt32LE(4));
      case 'libxc-record':
        if (header.readUInt32LE(0) === END) this.#part = 'libxl-record';
        return padded(header.readUInt32LE(4));
      default:
        return part satisfies never;
    }
  }
}
