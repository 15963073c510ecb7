// One directory of CD images as an SR: each file is a volume that nobody writes to. Nothing is kept beside the files: a volume's id follows
// from the SR's and the file's name, so that every host that sees the directory sees the same volumes.

import { createHash } from 'node:crypto';
import { open, readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import type { SrDriver, VolumeContent, VolumeId, VolumeInfo, VolumeSource } from '../../storage.ts';
import { exportImage } from '../image/exchange.ts';
import { fileVersion } from '../image/version.ts';
import { runQemuImg } from '../image/qemu-img.ts';

const SECTOR_BYTES = 512;

/** As a uuid of version 5 is made, with the SR's uuid as the name space. */
export const volumeIdOf = (sr: string, fileName: string): VolumeId => {
  const hash = createHash('sha1')
    .update(Buffer.from(sr.replaceAll('-', ''), 'hex'))
    .update(fileName)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

const readOnly = (): never => {
  throw new DriverError('unsupported', 'a repository of CD images is only read: put files into its directory and scan it');
};

interface Image {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedBytes: number;
}

const infoOf = (sr: string, image: Image): VolumeInfo => ({
  id: volumeIdOf(sr, image.name),
  sizeBytes: image.sizeBytes,
  utilisationBytes: image.usedBytes,
  readOnly: true,
  isSnapshot: false,
  name: image.name,
  description: '',
  type: 'user',
  layers: [image.name],
});

const sourceOf = ({ path, sizeBytes }: Image): VolumeSource => ({ format: 'raw', path, sizeBytes, chain: [] });

/** A plain file needs no help of QEMU. */
const openFileContent = async ({ path, sizeBytes }: Image): Promise<VolumeContent> => {
  const file = await open(path, 'r');
  return {
    sizeBytes,
    version: () => fileVersion(path),
    extents: async () => [{ offsetBytes: 0, lengthBytes: sizeBytes }],
    async read(offsetBytes, lengthBytes) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, offsetBytes);
      if (bytesRead < lengthBytes) throw new DriverError('failed', `${path} became shorter while it was read`);
      return buffer;
    },
    write: async () => readOnly(),
    close: () => file.close(),
  };
};

export const openIsoSr = (sr: string, location: string): SrDriver => {
  const imageOf = async (name: string): Promise<readonly Image[]> => {
    const path = join(location, name);
    try {
      const found = await stat(path);
      return found.isFile() ? [{ name, path, sizeBytes: found.size, usedBytes: found.blocks * SECTOR_BYTES }] : [];
    } catch (error) {
      // Gone since the directory was read, or a link to nowhere.
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    }
  };
  const images = async (): Promise<readonly Image[]> => {
    const names = (await readdir(location)).filter(name => /\.iso$/i.test(name)).sort();
    return (await Promise.all(names.map(imageOf))).flat();
  };
  const find = async (id: VolumeId): Promise<Image | undefined> => (await images()).find(image => volumeIdOf(sr, image.name) === id);
  const need = async (id: VolumeId): Promise<Image> => {
    const image = await find(id);
    if (image === undefined) throw new DriverError('not-found', `the CD image is no longer in ${location}`);
    return image;
  };
  return {
    async stat() {
      const { bsize, blocks, bavail } = await statfs(location);
      const used = (await images()).reduce((sum, image) => sum + image.sizeBytes, 0);
      return { physicalSizeBytes: bsize * blocks, physicalUtilisationBytes: used, virtualAllocationBytes: used, freeBytes: bsize * bavail };
    },
    scan: async () => (await images()).map(image => infoOf(sr, image)),
    async volume(id) {
      const image = await find(id);
      return image && infoOf(sr, image);
    },
    async attach(id, options) {
      if (!options.readOnly) readOnly();
      return sourceOf(await need(id));
    },
    detach: async () => undefined,
    source: async id => sourceOf(await need(id)),
    async copyTo(id, target, spec, { signal, onProgress }) {
      const image = await need(id);
      const made = await target.create(spec);
      try {
        const { path, format } = await target.source(spec.id);
        await runQemuImg('copy a CD image', ['convert', '-n', '-f', 'raw', '-O', format, image.path, path], { signal });
      } catch (error) {
        await target.destroy(spec.id);
        throw error;
      }
      onProgress?.({ doneBytes: image.sizeBytes, totalBytes: image.sizeBytes });
      return made;
    },
    async exportTo(id, file, options) {
      await exportImage({ path: (await need(id)).path, format: 'raw' }, file, options);
    },
    create: async () => readOnly(),
    destroy: async () => readOnly(),
    resize: async () => readOnly(),
    rename: async () => readOnly(),
    snapshot: async () => readOnly(),
    clone: async () => readOnly(),
    prepareFreeze: async () => readOnly(),
    commitFreeze: async () => readOnly(),
    rollbackFreeze: async () => readOnly(),
    send: async () => readOnly(),
    compare: async () => readOnly(),
    openExport: async () => readOnly(),
    closeExport: async () => undefined,
    importFrom: async () => readOnly(),
    async openContent(id, options) {
      if (!options.readOnly) readOnly();
      return await openFileContent(await need(id));
    },
    close: async () => undefined,
  };
};
