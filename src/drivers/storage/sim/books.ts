// All of a simulated host's storage as one JSON document, so that a simulated host survives its restart.

import { readFile, rename, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DriverError } from '../../hypervisor.ts';
import type { MergeMark } from '../layered/directory.ts';
import { parseVolume, type VolumeRecord } from '../layered/record.ts';
import type { SimSrBooks } from './directory.ts';
import type { SimDisks } from './disks.ts';

export type Srs = Map<string, SimSrBooks>;

const toJson = (srs: Srs, disks: SimDisks): unknown => ({
  version: 1,
  srs: [...srs.values()].map(({ volumes, gone, merges, ...sr }) => ({
    ...sr,
    volumes: [...volumes.values()],
    gone: [...gone.values()],
    merges: [...merges.values()],
  })),
  images: [...disks.entries()].map(([path, { blocks, ...image }]) => ({ path, ...image, blocks: [...blocks] })),
});

interface StoredSr {
  readonly id: string;
  readonly location: string;
  readonly name: string;
  readonly description: string;
  readonly volumes: readonly VolumeRecord[];
  readonly gone: readonly VolumeRecord[];
  readonly merges: readonly MergeMark[];
}

interface Stored {
  readonly version: number;
  readonly srs: readonly StoredSr[];
  readonly images: readonly {
    readonly path: string;
    readonly sizeBytes: number;
    readonly below?: string;
    readonly blocks: readonly (readonly [number, string])[];
  }[];
}

/** Reads the document of an earlier process into `srs` and `disks`; false when there is none. */
export const readBooks = async (path: string, srs: Srs, disks: SimDisks): Promise<boolean> => {
  const text = await readFile(path, 'utf8').catch(() => undefined); // the first start
  if (text === undefined) return false;
  const stored = JSON.parse(text) as Stored;
  if (stored.version !== 1) throw new DriverError('unsupported', `${path} was written by a later version of xcp`);
  const byId = (records: readonly VolumeRecord[]): Map<string, VolumeRecord> =>
    new Map(records.map(record => [record.id, parseVolume(JSON.stringify(record), path)]));
  for (const { volumes, gone, merges, ...sr } of stored.srs)
    srs.set(sr.id, { ...sr, volumes: byId(volumes), gone: byId(gone), merges: new Map(merges.map(mark => [mark.upper, mark])) });
  for (const { path: image, blocks, ...fields } of stored.images) disks.put(image, { ...fields, blocks: new Map(blocks) });
  return true;
};

/** Puts a repository there, with an empty image for every volume. */
export const placeBooks = (books: SimSrBooks, srs: Srs, disks: SimDisks): void => {
  srs.set(books.id, books);
  for (const { top, sizeBytes } of books.volumes.values()) disks.put(join(books.location, top), { sizeBytes, blocks: new Map() });
};

/** Returns a function that writes the document; calls made while it is written share the next writing. Without a path nothing is kept. */
export const bookKeeper = (path: string | undefined, srs: Srs, disks: SimDisks): (() => Promise<void>) => {
  if (path === undefined) return async () => undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.new`, JSON.stringify(toJson(srs, disks)));
    await rename(`${path}.new`, path);
  };
  return () => {
    next ??= (running ?? Promise.resolve())
      .catch(() => undefined) // told to those who waited for that one
      .then(() => {
        running = next;
        next = undefined;
        return write();
      });
    return next;
  };
};
