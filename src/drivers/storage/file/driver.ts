// Storage driver `file`: an SR is a directory (device-config:location) of qcow2 images and small records. See record.ts for the files.

import { mkdir, readFile, readdir, rm, rmdir, statfs } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { Logger } from '../../../lib/logger.ts';
import { errnoOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import type { SrProbe, StorageDriver } from '../../storage.ts';
import { fileError, openDirectory, writeDocument } from './directory.ts';
import { qemuImages } from '../image/qemu-images.ts';
import { isLayerName, parseSr, type SrRecord, suffixes } from '../layered/record.ts';
import { LayeredSr } from '../layered/sr.ts';
import { SrState } from '../layered/state.ts';

type DeviceConfig = Readonly<Record<string, string>>;

const recordName = 'sr.json';

const locationOf = (config: DeviceConfig): string => {
  const location = config['location'];
  if (location === undefined || location === '')
    throw new DriverError('bad-config', 'device-config:location names the directory of the repository');
  if (!isAbsolute(location)) throw new DriverError('bad-config', `device-config:location must be an absolute path, not "${location}"`);
  return resolve(location);
};

const readSr = async (location: string): Promise<SrRecord | undefined> => {
  const path = join(location, recordName);
  try {
    return parseSr(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  }
};

const needSr = async (id: string, config: DeviceConfig): Promise<{ readonly location: string; readonly record: SrRecord }> => {
  const location = locationOf(config);
  const record = await readSr(location);
  if (!record) throw new DriverError('not-found', `${location} holds no storage repository`);
  if (record.id !== id)
    throw new DriverError('bad-config', `${location} holds another storage repository, ${record.id} ("${record.name}")`);
  return { location, record };
};

const probe = async (config: DeviceConfig): Promise<readonly SrProbe[]> => {
  const location = locationOf(config);
  const record = await readSr(location);
  if (!record) return [{ configuration: { location }, complete: true }];
  const { bsize, blocks, bavail } = await statfs(location);
  const sr = { id: record.id, name: record.name, totalBytes: bsize * blocks, freeBytes: bsize * bavail };
  return [{ configuration: { location }, complete: true, sr }];
};

const createSr = async (
  id: string,
  config: DeviceConfig,
  fields: { readonly name: string; readonly description: string },
): Promise<void> => {
  const location = locationOf(config);
  const existing = await readSr(location);
  if (existing && existing.id !== id)
    throw new DriverError('exists', `${location} holds a storage repository already: ${existing.id} ("${existing.name}")`);
  try {
    await mkdir(location, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError(`make the directory ${location}`, error);
  }
  const record: SrRecord = { version: 1, id, ...fields };
  await writeDocument(join(location, recordName), record);
};

const destroySr = async (id: string, config: DeviceConfig): Promise<void> => {
  const location = locationOf(config);
  if ((await readSr(location)) === undefined) return;
  await needSr(id, config);
  const names = await readdir(location);
  const volumes = names.filter(name => name.endsWith(suffixes.volume)).length;
  if (volumes > 0) throw new DriverError('in-use', `the storage repository still holds ${volumes} volumes; destroy or move them first`);
  const ours = names.filter(name => isLayerName(name) || Object.values(suffixes).some(suffix => name.endsWith(suffix)));
  for (const name of ours) await rm(join(location, name), { force: true });
  await rm(join(location, recordName), { force: true });
  // What others keep in the directory is not ours to delete, so it may stay.
  if (names.length === ours.length + 1) await rmdir(location);
};

/** `runDir`: a short, private directory for sockets, pid files and certificates of transfers; best not on a disk. */
export const createFileStorage = ({ runDir, log }: { readonly runDir: string; readonly log: Logger }): StorageDriver => {
  const attached = new Map<string, Promise<LayeredSr>>();
  const images = qemuImages(runDir);

  const open = async (id: string, config: DeviceConfig): Promise<LayeredSr> => {
    const { location } = await needSr(id, config);
    const state = new SrState({ directory: openDirectory(location), images, log: log.with({ sr: id }) });
    return LayeredSr.open(state, () => attached.delete(id));
  };

  return {
    type: 'file',
    info: {
      label: 'Directory',
      description: 'Virtual disks as qcow2 images in a directory of the host',
      vendor: 'xcp',
      version: '1.0',
      features: [
        'SR_PROBE',
        'SR_UPDATE',
        'VDI_CREATE',
        'VDI_DELETE',
        'VDI_ATTACH',
        'VDI_DETACH',
        'VDI_RESIZE',
        'VDI_RESIZE_ONLINE',
        'VDI_CLONE',
        'VDI_SNAPSHOT',
        'VDI_INTRODUCE',
        'VDI_UPDATE',
        'VDI_MIRROR',
        'VDI_GENERATE_CONFIG',
      ],
      configuration: { location: 'absolute path of the directory' },
      requiredConfig: ['location'],
    },
    probe,
    create: createSr,
    attach(id, config) {
      const known = attached.get(id);
      if (known) return known;
      const opening = open(id, config);
      attached.set(id, opening);
      opening.catch(() => attached.delete(id));
      return opening;
    },
    async destroy(id, config) {
      await (await attached.get(id))?.close();
      await destroySr(id, config);
    },
  };
};
