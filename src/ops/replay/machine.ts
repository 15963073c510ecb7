// The machine behind a recorded pool: its memory, and its storage, each repository with its disks, empty but of the recorded sizes.

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
    types,
    first,
    placeOf,
    isEverywhere: true,
  };
};

const number = (record: Fields, name: string): number => {
  const value = record[name];
  return typeof value === 'number' ? value : 0;
};

/** The memory of all hosts, and what their own systems take of it; undefined where it was not recorded. */
export const recordedMemory = (pool: RecordedPool): { readonly totalBytes: number; readonly reservedBytes: number } | undefined => {
  const sum = (cls: string, name: string, wanted: (record: Fields) => boolean): number =>
    [...objectsOf(pool, cls).values()].filter(wanted).reduce((all, record) => all + number(record, name), 0);
  const totalBytes = sum('host_metrics', 'memory_total', () => true);
  if (totalBytes === 0) return undefined;
  return { totalBytes, reservedBytes: sum('VM', 'memory_static_max', vm => vm['is_control_domain'] === true) };
};
