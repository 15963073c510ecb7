// The disk whose migration is measured: 4 GiB, of which 2 GiB hold bytes that nothing can compress or leave out.

import { randomFillSync } from 'node:crypto';
import { closeSync, createReadStream, existsSync, ftruncateSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { root } from '../../../tools/hosts/host.ts';
import { run } from './program.ts';

export const DISK_BYTES = 4 * 2 ** 30;
export const WRITTEN_BYTES = 2 * 2 ** 30;
/** Data and holes take turns in runs of this length. */
const RUN_BYTES = 16 * 2 ** 20;

const cached = join(root, '.cache/bench/disk-4g.qcow2');

/** Made once a checkout. */
async function filledImage(): Promise<string> {
  if (existsSync(cached)) return cached;
  mkdirSync(join(cached, '..'), { recursive: true });
  const raw = `${cached}.raw`;
  const file = openSync(raw, 'w');
  const piece = Buffer.alloc(RUN_BYTES);
  ftruncateSync(file, DISK_BYTES);
  for (let at = 0; at < DISK_BYTES; at += (DISK_BYTES / WRITTEN_BYTES) * RUN_BYTES)
    writeSync(file, randomFillSync(piece), 0, RUN_BYTES, at);
  closeSync(file);
  await run('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-W', '-m', '8', raw, `${cached}.new`]);
  rmSync(raw);
  renameSync(`${cached}.new`, cached);
  return cached;
}

/** Writes the content into an empty image of the same size that nobody has open. */
export async function fill(image: string): Promise<void> {
  await run('qemu-img', ['convert', '-n', '--target-is-zero', '-W', '-m', '8', '-f', 'qcow2', '-O', 'qcow2', await filledImage(), image]);
}

/** Brings an image into the page cache, so that whoever reads it next, of those compared, finds it there alike. */
export async function warm(image: string): Promise<void> {
  const reading = createReadStream(image, { highWaterMark: 1 << 20 });
  await finished(reading.resume());
}
