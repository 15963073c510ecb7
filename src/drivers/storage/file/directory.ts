// The files of one SR directory. Documents are written aside, synced, renamed, and the directory synced: a reader finds the old one
// or the new one, whole, whatever happens.

import { randomUUID } from 'node:crypto';
import { open, readFile, readdir, rename, rm, stat, statfs, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { errnoOf, messageOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import { ImageHeaderError, readImageHeader } from '../image/qcow2-header.ts';
import type { DirectoryContent, MergeMark, SrDirectory } from '../layered/directory.ts';
import type { Layer, LayerName } from '../layered/graph.ts';
import { formatOf, isLayerName, parseVolume, suffixes, type VolumeRecord } from '../layered/record.ts';
import { syncPath } from '../../../lib/sync-path.ts';

/** A file system's refusal as a driver error; others pass unchanged. */
export const fileError = (what: string, error: unknown): unknown => {
  const code = errnoOf(error) ?? '';
  if (['ENOSPC', 'EDQUOT'].includes(code)) return new DriverError('no-space', `${what}: the storage is full`, { cause: error });
  if (['EROFS', 'EACCES', 'EPERM'].includes(code))
    return new DriverError('bad-config', `${what}: the storage cannot be written`, { cause: error });
  return error;
};

/** Durable when it resolves. On failure the old content stands. */
export const writeDocument = async (path: string, value: unknown): Promise<void> => {
  const aside = `${path}.${randomUUID().slice(0, 8)}${suffixes.aside}`;
  try {
    const file = await open(aside, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(value, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
    await syncPath(dirname(path));
  } catch (error) {
    await rm(aside, { force: true });
    throw fileError('write the record of a volume', error);
  }
};

const parseMerge = (text: string, what: string): MergeMark => {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'upper' in value && 'lower' in value && 'complete' in value) {
    const { upper, lower, complete } = value;
    if (typeof upper === 'string' && typeof lower === 'string' && isLayerName(upper) && isLayerName(lower))
      return { upper, lower, complete: complete === true };
  }
  throw new DriverError('failed', `${what} is damaged`);
};

export const openDirectory = (path: string): SrDirectory => {
  const at = (name: string): string => join(path, name);

  /** The layer below must lie in this directory: a header is data from a disk, not a licence to open any file. */
  const parentName = (backing: string, layer: LayerName): LayerName => {
    const name = isAbsolute(backing) && dirname(backing) === path ? basename(backing) : backing;
    if (!isLayerName(name)) throw new ImageHeaderError(`${layer} rests on "${backing}", which is no layer of this repository`);
    return name;
  };

  const readLayer = async (name: LayerName): Promise<Layer> => {
    const { virtualSizeBytes, backingName } = await readImageHeader(at(name), formatOf(name));
    return { virtualSizeBytes, ...(backingName !== undefined && { parent: parentName(backingName, name) }) };
  };

  const unlinkIfThere = async (name: string): Promise<void> => {
    try {
      await unlink(at(name));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  };

  const mergePath = (upper: LayerName): string => `${upper}${suffixes.merge}`;

  const read = async (): Promise<DirectoryContent> => {
    const volumes = new Map<string, VolumeRecord>();
    const layers = new Map<LayerName, Layer>();
    const gone: VolumeRecord[] = [];
    const merges = new Map<LayerName, MergeMark>();
    const damaged: string[] = [];
    const take = async (name: string): Promise<void> => {
      if (name.endsWith(suffixes.aside)) await unlinkIfThere(name);
      else if (isLayerName(name)) layers.set(name, await readLayer(name));
      else if (name.endsWith(suffixes.gone)) gone.push(parseVolume(await readFile(at(name), 'utf8'), name));
      else if (name.endsWith(suffixes.merge)) {
        const mark = parseMerge(await readFile(at(name), 'utf8'), name);
        merges.set(mark.upper, mark);
      } else if (name.endsWith(suffixes.volume)) {
        const record = parseVolume(await readFile(at(name), 'utf8'), name);
        if (`${record.id}${suffixes.volume}` !== name) throw new DriverError('failed', 'it holds another volume');
        volumes.set(record.id, record);
      }
    };
    // One after another: each is a read of a few hundred bytes, and a directory of thousands must not open them all at once.
    for (const name of await readdir(path))
      try {
        await take(name);
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') damaged.push(`${name}: ${messageOf(error)}`);
      }
    return { volumes, layers, gone, merges, damaged };
  };

  return {
    layerPath: at,
    read,
    readLayer,
    async layerBytes(name) {
      try {
        return (await stat(at(name))).blocks * 512;
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return 0;
        throw error;
      }
    },
    async space() {
      const { bsize, blocks, bavail } = await statfs(path);
      return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
    },
    writeVolume: record => writeDocument(at(`${record.id}${suffixes.volume}`), record),
    async condemnVolume(id) {
      await rename(at(`${id}${suffixes.volume}`), at(`${id}${suffixes.gone}`));
      await syncPath(path);
    },
    forgetVolume: id => unlinkIfThere(`${id}${suffixes.gone}`),
    writeMerge: mark => writeDocument(at(mergePath(mark.upper)), { version: 1, ...mark }),
    forgetMerge: upper => unlinkIfThere(mergePath(upper)),
    removeLayer: unlinkIfThere,
  };
};
