// Volumes come, go, grow and fork. Each function is one durable change of the tree (under the SR's lock), ordered so that a crash
// between two writes leaves every volume with its content and at most a layer too many, which the next scan removes.
// All may be repeated: what is there already, as asked for, is success.

import { DriverError } from '../../hypervisor.ts';
import type { VolumeSpec } from '../../storage.ts';
import { settleFreeze } from './freeze.ts';
import type { LayerName } from './graph.ts';
import { checkedId, type VolumeRecord } from './record.ts';
import { refuseWhileOpen, refuseWhileWritten, type SrState } from './state.ts';
import { baseLayer, freezeLayer, snapshotRecord } from './tree.ts';

const sectorBytes = 512;
/** 16 TiB: what qcow2 with 64 KiB clusters holds with tables of bearable size. */
export const maxVolumeBytes = 16 * 1024 ** 4;

export const checkedSize = (sizeBytes: number): number => {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0) throw new DriverError('bad-config', `a volume cannot have ${sizeBytes} bytes`);
  if (sizeBytes > maxVolumeBytes)
    throw new DriverError('bad-config', `a volume of ${sizeBytes} bytes is too large; the limit is ${maxVolumeBytes}`);
  return Math.ceil(sizeBytes / sectorBytes) * sectorBytes;
};

export const recordOf = (spec: VolumeSpec, top: LayerName, sizeBytes: number): VolumeRecord => ({
  version: 1,
  id: checkedId(spec.id),
  top,
  sizeBytes,
  name: spec.name,
  description: spec.description,
  type: spec.type,
  isSnapshot: spec.snapshotOf !== undefined || spec.snapshotTime !== undefined,
  ...(spec.snapshotOf !== undefined && { snapshotOf: spec.snapshotOf }),
  ...(spec.snapshotTime !== undefined && { snapshotTime: spec.snapshotTime }),
  attached: [],
});

export const createVolume = async (state: SrState, spec: VolumeSpec): Promise<VolumeRecord> => {
  const sizeBytes = checkedSize(spec.sizeBytes);
  const existing = state.volumes.get(checkedId(spec.id));
  if (existing) {
    if (existing.sizeBytes === sizeBytes && existing.type === spec.type && existing.snapshotOf === spec.snapshotOf) return existing;
    throw new DriverError('exists', `there is already a volume ${spec.id} in this storage repository`);
  }
  if (spec.onLayer === undefined) return state.save(recordOf(spec, await state.newLayer(sizeBytes), sizeBytes));
  const below = baseLayer(state, spec.onLayer);
  await freezeLayer(state, below, 'create a volume on a layer');
  return state.save(recordOf(spec, await state.newLayer(sizeBytes, below), sizeBytes));
};

export const destroyVolume = async (state: SrState, id: string): Promise<void> => {
  const record = state.volumes.get(checkedId(id));
  if (!record) return;
  refuseWhileOpen(state, record, 'destroy');
  await state.drop(record);
};

/** Grows an unused volume; of one in use, whose hypervisor has grown the image, notes the new size. */
export const resizeVolume = async (state: SrState, id: string, wantedBytes: number): Promise<VolumeRecord> => {
  const record = await settleFreeze(state, state.need(id));
  const sizeBytes = checkedSize(wantedBytes);
  if (record.isSnapshot) throw new DriverError('bad-state', `volume ${id} is a snapshot and keeps its size`);
  const now = await state.directory.readLayer(record.top);
  if (sizeBytes < now.virtualSizeBytes)
    throw new DriverError('bad-config', `volume ${id} has ${now.virtualSizeBytes} bytes; it cannot shrink to ${sizeBytes}`);
  if (sizeBytes > now.virtualSizeBytes) {
    refuseWhileWritten(state, record, 'resize');
    await state.images.resize(state.file(record.top), sizeBytes);
  }
  state.layers.set(record.top, { ...now, virtualSizeBytes: sizeBytes });
  return record.sizeBytes === sizeBytes ? record : state.save({ ...record, sizeBytes });
};

export const renameVolume = async (state: SrState, id: string, fields: { readonly name: string; readonly description: string }) =>
  state.save({ ...state.need(id), name: fields.name, description: fields.description });

export const snapshotVolume = async (
  state: SrState,
  id: string,
  snapshot: { readonly id: string; readonly time: string },
): Promise<VolumeRecord> => {
  const record = await settleFreeze(state, state.need(id));
  const existing = state.volumes.get(checkedId(snapshot.id));
  if (existing?.snapshotOf === id) return existing;
  if (existing) throw new DriverError('exists', `there is already a volume ${snapshot.id} in this storage repository`);
  refuseWhileWritten(state, record, 'snapshot');
  const frozen = record.top;
  await freezeLayer(state, frozen, 'snapshot');
  return state.save(snapshotRecord(record, frozen, snapshot));
};

export const cloneVolume = async (
  state: SrState,
  id: string,
  clone: { readonly id: string; readonly name: string; readonly description: string },
): Promise<VolumeRecord> => {
  const record = await settleFreeze(state, state.need(id));
  const { sizeBytes, type, top } = record;
  const existing = state.volumes.get(checkedId(clone.id));
  if (existing) {
    if (existing.sizeBytes === sizeBytes && !existing.isSnapshot) return existing;
    throw new DriverError('exists', `there is already a volume ${clone.id} in this storage repository`);
  }
  refuseWhileWritten(state, record, 'clone');
  await freezeLayer(state, top, 'clone');
  return state.save(recordOf({ ...clone, sizeBytes, type }, await state.newLayer(sizeBytes, top), sizeBytes));
};
