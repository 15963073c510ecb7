// The simulated storage driver: the SR logic of `layered` over images in memory. For scale, for faults, and for machines without QEMU.
// It answers to the SM type `file` by default, so that a simulated host is set up like a real one.

import { join, resolve } from 'node:path';
import { createFaults, type FaultRule } from '../../faults.ts';
import { silentLogger } from '../../../lib/logger.ts';
import { DriverError } from '../../hypervisor.ts';
import type { SrProbe, StorageDriver } from '../../storage.ts';
import { LayeredSr } from '../layered/sr.ts';
import { SrState } from '../layered/state.ts';
import { bookKeeper, placeBooks, readBooks, type Srs } from './books.ts';
import { simDirectory, type SimSrBooks } from './directory.ts';
import { SimDisks } from './disks.ts';
import { simImages } from './images.ts';

export interface SimStorageOptions {
  /** Where the state is kept for the next process; absent: nowhere. */
  readonly stateDir?: string;
  readonly type?: string;
  /** The place that a configuration names; by default its `location`. Rejects a configuration that names none with `bad-config`. */
  readonly placeOf?: PlaceOf;
  /** Every place holds the repository that is looked for: an empty one where nothing was made yet. */
  readonly isEverywhere?: boolean;
  /** What the storage holds when there is no state yet. */
  readonly first?: readonly SimSrBooks[];
  readonly capacityBytes?: number;
  readonly faults?: readonly FaultRule[];
}

export interface SimStorage extends StorageDriver {
  /** What a simulated guest reads, by the path of a VolumeSource. */
  readonly disks: SimDisks;
  /** What a simulated guest writes; kept when it resolves. */
  write(path: string, block: number, content: string): Promise<void>;
}

/** `id`: the repository that is looked for, where it is known. */
export type PlaceOf = (type: string, id: string | undefined, config: Readonly<Record<string, string>>) => string;

const defaultCapacityBytes = 1024 ** 4;

const locationOf: PlaceOf = (_type, _id, config) => {
  const location = config['location'];
  if (location === undefined || location === '')
    throw new DriverError('bad-config', 'device-config:location names the directory of the repository');
  return resolve(location);
};

/** What all drivers of one simulated host share: its repositories and their images. */
const createShared = ({ stateDir, capacityBytes = defaultCapacityBytes, faults = [], first = [] }: SimStorageOptions) => {
  const srs: Srs = new Map();
  const disks = new SimDisks(capacityBytes);
  const step = createFaults(faults);
  const booksPath = stateDir === undefined ? undefined : join(stateDir, 'sim-storage.json');
  const changed = bookKeeper(booksPath, srs, disks);
  const begin = async (): Promise<void> => {
    if (booksPath !== undefined && (await readBooks(booksPath, srs, disks))) return;
    for (const books of first) placeBooks(books, srs, disks);
  };
  let loaded: Promise<void> | undefined;
  return { srs, disks, step, changed, capacityBytes, images: simImages(disks, step, changed), load: () => (loaded ??= begin()) };
};

export const createSimStorage = (options: SimStorageOptions = {}): SimStorage => simDriver(createShared(options), options);

/** One driver per SM type, all on the same simulated storage, so that content goes from one to the other. */
export const createSimStorages = (types: readonly string[], options: Omit<SimStorageOptions, 'type'>): readonly SimStorage[] => {
  const shared = createShared(options);
  return types.map(type => simDriver(shared, { ...options, type }));
};

const simDriver = (shared: ReturnType<typeof createShared>, options: SimStorageOptions): SimStorage => {
  const { type = 'file', placeOf = locationOf, isEverywhere = false } = options;
  const { srs, disks, step, changed, images, load, capacityBytes } = shared;
  const attached = new Map<string, Promise<LayeredSr>>();

  const at = (location: string): SimSrBooks | undefined => [...srs.values()].find(sr => sr.location === location);

  const emptySr = (id: string, location: string): SimSrBooks => {
    const books = { id, location, name: '', description: '', volumes: new Map(), gone: new Map(), merges: new Map() };
    srs.set(id, books);
    return books;
  };

  const need = (id: string, config: Readonly<Record<string, string>>): SimSrBooks => {
    const location = placeOf(type, id, config);
    const books = at(location) ?? (isEverywhere ? emptySr(id, location) : undefined);
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
      const location = placeOf(type, undefined, config);
      const books = at(location);
      const found = { configuration: { location }, complete: true };
      if (!books) return [found];
      return [{ ...found, sr: { id: books.id, name: books.name, totalBytes: capacityBytes, freeBytes: capacityBytes - disks.usedBytes } }];
    },
    async create(id, config, fields) {
      await load();
      await step('create', id);
      const location = placeOf(type, id, config);
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
      if (!at(placeOf(type, id, config))) return;
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
