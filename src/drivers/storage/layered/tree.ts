// Questions about, and small changes of, the tree of layers that volumes rest on. Under the SR's lock.

import { DriverError } from '../../hypervisor.ts';
import { childrenOf, type LayerName } from './graph.ts';
import { checkedId, isLayerName, type VolumeRecord } from './record.ts';
import { refuseWhileWritten, type SrState } from './state.ts';

/**
 * Makes `layer` one that nobody writes to, so that others may rest on it: a volume that has it as its top, and is no snapshot,
 * gets an overlay of its own.
 */
export const freezeLayer = async (state: SrState, layer: LayerName, what: string): Promise<void> => {
  for (const volume of state.volumes.values()) {
    if (volume.top !== layer || volume.isSnapshot) continue;
    refuseWhileWritten(state, volume, what);
    const { virtualSizeBytes } = await state.directory.readLayer(layer);
    await state.save({ ...volume, top: await state.newLayer(virtualSizeBytes, layer) });
  }
};

export const baseLayer = (state: SrState, name: string): LayerName => {
  if (!isLayerName(name) || !state.layers.has(name))
    throw new DriverError('not-found', `there is no layer "${name}" in this storage repository`);
  const merge = [...state.merges.values()].find(({ lower, complete }) => lower === name && !complete);
  if (merge) throw new DriverError('in-use', `the layer ${name} is being merged with the one above it`);
  return name;
};

export const snapshotRecord = (
  of: VolumeRecord,
  frozen: LayerName,
  snapshot: { readonly id: string; readonly time: string },
): VolumeRecord => ({
  version: 1,
  id: checkedId(snapshot.id),
  top: frozen,
  sizeBytes: of.sizeBytes,
  name: of.name,
  description: of.description,
  type: of.type,
  isSnapshot: true,
  snapshotOf: of.id,
  snapshotTime: snapshot.time,
  attached: [],
});

/** Whether anyone but the volume `id`, seen through `above`, reads `layer`. */
export const isShared = (state: SrState, layer: LayerName, above: LayerName, id: string): boolean =>
  childrenOf(state.layers, layer).some(name => name !== above) ||
  [...state.volumes.values()].some(volume => volume.id !== id && volume.top === layer);
