// The headers of a tar archive (POSIX ustar, as much of it as names, sizes and kinds). Bytes in, headers out; no stream.

import { ProtocolError } from './protocol-error.ts';

export const TAR_BLOCK_BYTES = 512;

export interface TarHeader {
  /** As it stands there: whoever makes files of entries must look at it first. */
  readonly name: string;
  readonly sizeBytes: number;
  /** `other`: links, devices and what only describes the next entry. */
  readonly kind: 'file' | 'folder' | 'other';
}

const NAME = { at: 0, length: 100 } as const;
const SIZE = { at: 124, length: 12 } as const;
const CHECKSUM = { at: 148, length: 8 } as const;
const KIND_AT = 156;
const MAGIC_AT = 257;
const PREFIX = { at: 345, length: 155 } as const;
/** What eleven octal digits hold. */
const MAX_OCTAL = 8 ** 11 - 1;

/** Bytes of zeroes behind the content of an entry. */
export const tarPadding = (sizeBytes: number): number => (TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;

/** Ends an archive. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * TAR_BLOCK_BYTES);

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;

/** The header of a plain file, readable by its owner. Throws RangeError for a name or size that does not fit. */
export const encodeTarHeader = (name: string, sizeBytes: number): Buffer => {
  if (Buffer.byteLength(name) > NAME.length || sizeBytes > MAX_OCTAL)
    throw new RangeError('the name or the size is too long for a tar header');
  const header = Buffer.alloc(TAR_BLOCK_BYTES);
  header.write(name, NAME.at);
  header.write(octal(0o600, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(sizeBytes, 11), SIZE.at);
  header.write(octal(0, 11), 136);
  header.write('        ', CHECKSUM.at);
  header.write('0', KIND_AT);
  header.write('ustar\x0000', MAGIC_AT, 'latin1');
  header.write(`${octal(sumOf(header), 6)} `, CHECKSUM.at);
  return header;
};

const sumOf = (header: Uint8Array): number => {
  let sum = 0;
  for (const byte of header) sum += byte;
  return sum;
};

const textAt = (header: Buffer, { at, length }: { readonly at: number; readonly length: number }): string => {
  const end = header.indexOf(0, at);
  return header.toString('utf8', at, end < 0 ? at + length : Math.min(end, at + length));
};

/** Octal digits, or bytes where the first has its highest bit set. */
const numberAt = (header: Buffer, place: { readonly at: number; readonly length: number }): number => {
  const first = header[place.at] ?? 0;
  if ((first & 0x80) !== 0) {
    const bytes = Buffer.from(header.subarray(place.at, place.at + place.length));
    bytes[0] = first & 0x7f;
    const value = BigInt(`0x${bytes.toString('hex')}`);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ProtocolError('a number in the archive is too large');
    return Number(value);
  }
  const text = textAt(header, place).trim();
  if (!/^[0-7]*$/.test(text)) throw new ProtocolError('a number in the archive cannot be read');
  return text === '' ? 0 : Number.parseInt(text, 8);
};

const kindOf = (flag: number): TarHeader['kind'] => {
  const letter = String.fromCharCode(flag);
  if (letter === '0' || letter === '\0' || letter === '7') return 'file';
  return letter === '5' ? 'folder' : 'other';
};

/** `end` for a block of zeroes, which ends an archive. Throws ProtocolError for what is no header. */
export const decodeTarHeader = (header: Buffer): TarHeader | 'end' => {
  if (header.every(byte => byte === 0)) return 'end';
  const told = textAt(header, CHECKSUM).trim();
  const counted = Buffer.from(header);
  counted.fill(' ', CHECKSUM.at, CHECKSUM.at + CHECKSUM.length);
  if (!/^[0-7]+$/.test(told) || sumOf(counted) !== Number.parseInt(told, 8))
    throw new ProtocolError('this is no tar archive, or it is damaged');
  const isUstar = header.toString('latin1', MAGIC_AT, MAGIC_AT + 6) === 'ustar\0';
  const prefix = isUstar ? textAt(header, PREFIX) : '';
  const name = textAt(header, NAME);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    sizeBytes: numberAt(header, SIZE),
    kind: kindOf(header[KIND_AT] ?? 0),
  };
};
