// What the first bytes of an image say: its format, virtual size and the image below. Reading them here spares a process per layer.
// Only the fields that the SR's layout rests on; everything else of the format is QEMU's trade.

import { open } from 'node:fs/promises';
import type { ImageFormat } from '../layered/images.ts';

export interface ImageHeader {
  readonly format: ImageFormat;
  readonly virtualSizeBytes: number;
  /** As written in the image: a name relative to the image's own directory, or a path. */
  readonly backingName?: string;
}

const magic = 0x514649fb; // "QFI\xfb"
const fixedLength = 32;
/** QEMU's own limit for the name of a backing file. */
const maxBackingNameBytes = 1023;

export class ImageHeaderError extends Error {
  override readonly name = 'ImageHeaderError';
}

/** Decodes a qcow2 header; undefined when `bytes` do not start like one. Throws ImageHeaderError for one that is damaged. */
export const parseQcow2Header = (bytes: Uint8Array): ImageHeader | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 4 || view.getUint32(0) !== magic) return undefined;
  if (bytes.byteLength < fixedLength) throw new ImageHeaderError('the header is cut short');
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) throw new ImageHeaderError(`qcow2 version ${version} is not known`);
  const size = view.getBigUint64(24);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new ImageHeaderError('the virtual size is beyond all bounds');
  const virtualSizeBytes = Number(size);
  const at = view.getBigUint64(8);
  const length = view.getUint32(16);
  if (at === 0n || length === 0) return { format: 'qcow2', virtualSizeBytes };
  if (length > maxBackingNameBytes || at + BigInt(length) > BigInt(bytes.byteLength))
    throw new ImageHeaderError('the name of the backing file lies outside the header');
  const backingName = new TextDecoder().decode(bytes.subarray(Number(at), Number(at) + length));
  return { format: 'qcow2', virtualSizeBytes, backingName };
};

/** Reads the header of an image file. `format` raw takes the file as it is: its content must not choose how it is read. */
export const readImageHeader = async (path: string, format: ImageFormat): Promise<ImageHeader> => {
  const file = await open(path, 'r');
  try {
    if (format === 'raw') return { format, virtualSizeBytes: (await file.stat()).size };
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const header = parseQcow2Header(buffer.subarray(0, bytesRead));
    if (!header) throw new ImageHeaderError(`${path} is not a qcow2 image`);
    return header;
  } finally {
    await file.close();
  }
};
