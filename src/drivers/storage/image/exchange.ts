// Disks as files that leave the host or come to it: raw, VHD, qcow2. QEMU's tools convert from a volume's images to the file, and from the
// file into an NBD export of the volume; formats are always named, and a file that would have other files read is refused before QEMU sees it.

import { open } from 'node:fs/promises';
import { DriverError } from '../../hypervisor.ts';
import type { CopyTarget, ExchangeFile, ExchangeFormat, ExchangeOptions, Extent } from '../../storage.ts';
import type { ImageFile } from '../layered/images.ts';
import { imageExtents } from './content.ts';
import { progressReader, runQemuImg } from './qemu-img.ts';
import { parseQcow2Header } from './qcow2-header.ts';
import { targetOptions } from './send.ts';

/** The names that QEMU has for them. */
const drivers: Readonly<Record<ExchangeFormat, string>> = { raw: 'raw', vhd: 'vpc', qcow2: 'qcow2' };

/** A VHD grows with its content and has exactly the size of the disk. */
const formatOptions: Readonly<Record<ExchangeFormat, readonly string[]>> = {
  raw: [],
  vhd: ['-o', 'subformat=dynamic,force_size=on'],
  qcow2: [],
};

const watched = ({ signal, onFraction }: ExchangeOptions): Parameters<typeof runQemuImg>[2] => ({
  signal,
  ...(onFraction && { onOutput: progressReader(onFraction) }),
});

/** Writes the content of an image, with all below it, into a new file. */
export const exportImage = async (source: ImageFile, file: ExchangeFile, options: ExchangeOptions): Promise<void> => {
  const { format, path } = file;
  const args = ['convert', '-p', '-f', source.format, '-O', drivers[format], ...formatOptions[format], source.path, path];
  await runQemuImg('export a disk', args, watched(options));
};

/** Writes what differs between an image and `base`, by whatever layers, into a new qcow2 file that stands on one called `base.name`. */
export const exportDifference = async (
  source: ImageFile,
  base: ImageFile & { readonly name: string },
  path: string,
  options: ExchangeOptions,
): Promise<void> => {
  const { signal } = options;
  await runQemuImg('export a disk', ['create', '-q', '-f', 'qcow2', '-b', source.path, '-F', source.format, path], { signal });
  // QEMU compares the two, and keeps in the file what would change.
  await runQemuImg('export a disk', ['rebase', '-p', '-f', 'qcow2', '-b', base.path, '-F', base.format, path], watched(options));
  await runQemuImg('export a disk', ['rebase', '-u', '-f', 'qcow2', '-b', base.name, '-F', 'qcow2', path], { signal });
};

/** Writes the content of a file over what `target` holds. */
export const importImage = async (file: ExchangeFile, target: CopyTarget, options: ExchangeOptions): Promise<void> => {
  const how = ['convert', '-p', '-n', '-t', 'writeback', '-f', drivers[file.format], '--target-image-opts'];
  await runQemuImg('import a disk', [...how, file.path, targetOptions(target, undefined)], watched(options));
};

/** Makes a raw file of one in any format. */
export const convertToRaw = async (file: ExchangeFile, rawPath: string, options: ExchangeOptions): Promise<void> => {
  await runQemuImg('convert a disk', ['convert', '-f', drivers[file.format], '-O', 'raw', file.path, rawPath], { signal: options.signal });
};

/** Where a file holds something else than zeroes. */
export const dataExtents = (file: ExchangeFile, options: Pick<ExchangeOptions, 'signal'>): Promise<readonly Extent[]> =>
  imageExtents({ path: file.path, driver: drivers[file.format] }, options);

const QCOW2_HEADER_BYTES = 4096;
const INCOMPATIBLE_FEATURES_AT = 72;
const EXTERNAL_DATA_FILE = 4n;
const VHD_FOOTER_BYTES = 512;
const VHD_COOKIE = 'conectix';
const VHD_SIZE_AT = 48;
const VHD_TYPE_AT = 60;
const VHD_DIFFERENCING = 4;

/** The virtual size of a file that came. Rejects with `bad-config` if it is not of that format, or would have another file read. */
export const imageSize = async (path: string, format: ExchangeFormat): Promise<number> => {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  if (format === 'raw') return size;
  if (format === 'qcow2') {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(QCOW2_HEADER_BYTES), 0, QCOW2_HEADER_BYTES, 0);
    return qcow2Size(buffer.subarray(0, bytesRead));
  }
  const { buffer, bytesRead } = await file.read(Buffer.alloc(VHD_FOOTER_BYTES), 0, VHD_FOOTER_BYTES, Math.max(0, size - VHD_FOOTER_BYTES));
  return vhdSize(buffer.subarray(0, bytesRead));
};

const bad = (message: string): DriverError => new DriverError('bad-config', message);

const qcow2Size = (bytes: Buffer): number => {
  let header: ReturnType<typeof parseQcow2Header>;
  try {
    header = parseQcow2Header(bytes);
  } catch (error) {
    throw bad(`the file is no whole qcow2 image: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (header === undefined) throw bad('the file is no qcow2 image');
  if (header.backingName !== undefined) throw bad('the image stands on another file: convert it to one that stands alone');
  const features =
    bytes.readUInt32BE(4) >= 3 && bytes.length >= INCOMPATIBLE_FEATURES_AT + 8 ? bytes.readBigUInt64BE(INCOMPATIBLE_FEATURES_AT) : 0n;
  if ((features & EXTERNAL_DATA_FILE) !== 0n) throw bad('the image keeps its data in another file: convert it to one that stands alone');
  return header.virtualSizeBytes;
};

const vhdSize = (footer: Buffer): number => {
  if (footer.length < VHD_FOOTER_BYTES || footer.toString('latin1', 0, VHD_COOKIE.length) !== VHD_COOKIE)
    throw bad('the file is no whole VHD image');
  if (footer.readUInt32BE(VHD_TYPE_AT) === VHD_DIFFERENCING)
    throw bad('the image stands on another file: convert it to one that stands alone');
  return Number(footer.readBigUInt64BE(VHD_SIZE_AT));
};
