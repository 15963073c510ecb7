// The disks that wait for a guest on its way to a Xen host, on real images: written through their export, whole and free when it is closed. The QEMU
// beside a domain opens images without asking for a lock, so this is what keeps two from one image.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { VolumeSource } from '../../../src/drivers/storage.ts';
import { localDom0 } from '../../../src/drivers/hypervisor/xen/dom0.ts';
import { type DiskExport, openExport } from '../../../src/drivers/hypervisor/xen/migration/exports.ts';

const NAME = '0123456789';
const SIZE_BYTES = 8 << 20;

let folder: string;
let opened: DiskExport | undefined;

beforeEach(() => {
  folder = mkdtempSync('/tmp/xcp-export-');
});
afterEach(async () => {
  await opened?.close();
  opened = undefined;
  rmSync(folder, { recursive: true });
});

const img = (...args: readonly string[]): string => execFileSync('qemu-img', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const emptyVolume = (): VolumeSource => {
  const path = join(folder, 'disk, with a comma.qcow2');
  img('create', '-q', '-f', 'qcow2', path, String(SIZE_BYTES));
  return { format: 'qcow2', path, sizeBytes: SIZE_BYTES, chain: [] };
};
const open = async (source: VolumeSource): Promise<DiskExport> => {
  opened = await openExport(localDom0, folder, NAME, source);
  return opened;
};

test('what was written is in the image, flushed and whole, once the export is closed', async () => {
  const source = emptyVolume();
  const original = join(folder, 'original.raw');
  writeFileSync(original, Buffer.concat([randomBytes(3 << 20), Buffer.alloc(SIZE_BYTES - (3 << 20))]));
  const served = await open(source);
  img('convert', '-n', '-f', 'raw', '-O', 'raw', original, `nbd+unix:///${NAME}?socket=${served.socketPath}`);
  // As long as it is open, nobody who asks may write to it.
  expect(() => img('resize', source.path, String(2 * SIZE_BYTES))).toThrow(/lock/);
  await served.close();
  await served.close();
  expect(img('check', source.path)).toMatch(/No errors were found/);
  expect(img('compare', '-f', 'raw', '-F', 'qcow2', original, source.path)).toMatch(/identical/);
  img('resize', source.path, String(2 * SIZE_BYTES));
});

test('an image that is not there: said so, and nothing is left', async () => {
  const source: VolumeSource = { format: 'qcow2', path: join(folder, 'nobody.qcow2'), sizeBytes: SIZE_BYTES, chain: [] };
  await expect(open(source)).rejects.toMatchObject({ kind: 'bad-config', message: expect.stringContaining('nobody.qcow2') });
  expect(readdirSync(folder)).toEqual([]);
});

test('an image that another has open: in use', async () => {
  const source = emptyVolume();
  await open(source);
  await expect(openExport(localDom0, folder, 'abcdef0123', source)).rejects.toMatchObject({ kind: 'in-use' });
});
