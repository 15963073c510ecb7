// The simulated storage driver: the SR logic of `layered` over images in memory. For scale, for faults, and for machines without QEMU.
// It answers to the SM type `file` by default, so that a simulated host is set up like a real one.

import { join, resolve } from 'node:path';
import { createFaults, type FaultRule } from '../../faults.ts';
import { silentLogger } from '../../../lib/logger.ts';
import { DriverError } from '../../hypervisor.ts';
import type { SrProbe, StorageDriver } from '../../storage.ts';
import { LayeredSr } from '../layered/sr.ts';
import { SrState } from '../layered/state.ts';
import { bookKeeper, readBooks, type Srs } from './books.ts';
import { simDirectory, type SimSrBooks } from './directory.ts';
import { SimDisks } from './disks.ts';
import { simImages } from './images.ts';

export interface SimStorageOptions {
  /** Where the state is kept for the next process; absent: nowhere. */
  readonly stateDir?: string;
  readonly type?: string;
  readonly capacityBytes?: number;
  readonly faults?: readonly FaultRule[];
}

export interface SimStorage extends StorageDriver {
  /** What a simulated guest reads, by the path of a VolumeSource. */
  readonly disks: SimDisks;
  /** What a simulated guest writes; kept when it resolves. */
  write(path: string, block: number, content: string): Promise<void>;
}

const defaultCapacityBytes = 1024 ** 4;

const locationOf = (config: Readonly<Record<string, string>>): string => {
  const location = config['location'];
  if (location === undefined || location === '')
    throw new DriverError('bad-config', 'device-config:location names the directory of the repository');
  return resolve(location);
};

export const createSimStorage = (options: SimStorageOptions = {}): SimStorage => {
  const { stateDir, type = 'file', capacityBytes = defaultCapacityBytes, faults = [] } = options;
  const srs: Srs = new Map();
  const disks = new SimDisks(capacityBytes);
  const step = createFaults(faults);
  const booksPath = stateDir === undefined ? undefined : join(stateDir, 'sim-storage.json');
  const changed = bookKeeper(booksPath, srs, disks);
  const images = simImages(disks, step, changed);
  const attached = new Map<string, Promise<LayeredSr>>();
  let loaded: Promise<void> | undefined;
  const load = (): Promise<void> => (loaded ??= booksPath === undefined ? Promise.resolve() : readBooks(booksPath, srs, disks));

  const at = (location: string): SimSrBooks | undefined => [...srs.values()].find(sr => sr.location === location);

  const need = (id: string, config: Readonly<Record<string, string>>): SimSrBooks => {
    const location = locationOf(config);
    const books = at(location);
    if (!books) throw new DriverError('not-found', `${location} holds no storage repository`);
    if (books.id !== id) throw new DriverError('bad-config', `${location} holds another storage repository, ${books.id} ("${books.name}")`);
    return books;
  };

  const open = async (id: string, config: Readonly<Record<string, string>>): Promise<LayeredSr> => {
    await load();
    await step('attach', id);
    const directory = simDirectory(need(id, config), disks, changed);
    return LayeredSr.open(new SrState({ directory, images, log: silentLogger }), () => attached.delete(id));
  };

  return {
    type,
    disks,
    async write(path, block, content) {
      disks.write(path, block, content);
      await changed();
    },
    info: {
      label: 'Simulated',
      description: 'Virtual disks in the memory of a simulated host',
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
        'VDI_CLONE',
        'VDI_SNAPSHOT',
        'VDI_MIRROR',
      ],
      configuration: { location: 'a name for the place' },
      requiredConfig: ['location'],
    },
    async probe(config): Promise<readonly SrProbe[]> {
      await load();
      const location = locationOf(config);
      const books = at(location);
      const found = { configuration: { location }, complete: true };
      if (!books) return [found];
      return [{ ...found, sr: { id: books.id, name: books.name, totalBytes: capacityBytes, freeBytes: capacityBytes - disks.usedBytes } }];
    },
    async create(id, config, fields) {
      await load();
      await step('create', id);
      const location = locationOf(config);
      const existing = at(location);
      if (existing && existing.id !== id)
        throw new DriverError('exists', `${location} holds a storage repository already: ${existing.id} ("${existing.name}")`);
      srs.set(id, { id, location, ...fields, volumes: existing?.volumes ?? new Map(), gone: new Map(), merges: new Map() });
      await changed();
    },
    attach(id, config) {
      const known = attached.get(id);
      if (known) return known;
      const opening = open(id, config);
      attached.set(id, opening);
      opening.catch(() => attached.delete(id));
      return opening;
    },
    async destroy(id, config) {
      await load();
      if (!at(locationOf(config))) return;
      const books = need(id, config);
      if (books.volumes.size > 0)
        throw new DriverError('in-use', `the storage repository still holds ${books.volumes.size} volumes; destroy or move them first`);
      await (await attached.get(id))?.close();
      for (const name of disks.namesIn(books.location)) disks.remove(join(books.location, name));
      srs.delete(id);
      await changed();
    },
  };
};
