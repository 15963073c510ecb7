// What the simulated storage of a recorded pool holds: each repository with its disks, empty but of the recorded sizes.

import type { RecordedPool } from './pool.ts';
import { objectsOf } from './pool.ts';

type Fields = Readonly<Record<string, unknown>>;

const text = (record: Fields, name: string): string => {
  const value = record[name];
  return typeof value === 'string' ? value : '';
};

/** Repositories are told apart by their identity; where the recorded ones really lie is nobody's business here. */
const placeOf = (type: string, id: string | undefined): string => `/simulated/${type}/${id ?? ''}`;

const volumeOf = (pool: RecordedPool, vdi: Fields) => {
  const { virtual_size: size, is_a_snapshot: isSnapshot } = vdi;
  const id = text(vdi, 'uuid');
  const origin = objectsOf(pool, 'VDI').get(text(vdi, 'snapshot_of'));
  return {
    version: 1,
    id,
    top: `${id}.qcow2`,
    sizeBytes: typeof size === 'number' ? size : 0,
    name: text(vdi, 'name_label'),
    description: text(vdi, 'name_description'),
    type: text(vdi, 'type'),
    isSnapshot: isSnapshot === true,
    ...(isSnapshot === true && origin ? { snapshotOf: text(origin, 'uuid'), snapshotTime: text(vdi, 'snapshot_time') } : {}),
    attached: [],
  } as const;
};

const volumesOf = (pool: RecordedPool, sr: string) =>
  [...objectsOf(pool, 'VDI').values()].filter(vdi => vdi['SR'] === sr).map(vdi => volumeOf(pool, vdi));

/** The types of repositories the pool knows, and what there is of each. */
export const recordedStorage = (pool: RecordedPool) => {
  const types = [...objectsOf(pool, 'SM').values()].map(sm => text(sm, 'type'));
  const first = [...objectsOf(pool, 'SR')].map(([ref, sr]) => ({
    id: text(sr, 'uuid'),
    location: placeOf(text(sr, 'type'), text(sr, 'uuid')),
    name: text(sr, 'name_label'),
    description: text(sr, 'name_description'),
    volumes: new Map(volumesOf(pool, ref).map(volume => [volume.id, volume])),
    gone: new Map(),
    merges: new Map(),
  }));
  return {
    types: [...new Set([...types, ...[...objectsOf(pool, 'SR').values()].map(sr => text(sr, 'type'))])],
    first,
    placeOf,
    isEverywhere: true,
  };
};
