// A freeze of a disk that a running guest writes to: the hypervisor moves its writes to an overlay, here the books are kept.
//
//   idle ─prepareFreeze→ under way (record.freeze = overlay) ─commitFreeze→ idle, top = overlay
//                            └─────────── rollbackFreeze ───────────→ idle, top = the layer below (also from after the commit)
//
// While it is under way both layers are kept, so whichever of them the guest writes to is there after a crash. The overlay's content
// seen through its chain is always the volume's content, since an overlay nobody wrote to is empty: so `settleFreeze` can
// finish a forgotten freeze forwards.

import { createHash } from 'node:crypto';
import { DriverError } from '../../hypervisor.ts';
import type { VolumeSource } from '../../storage.ts';
import type { LayerName } from './graph.ts';
import { checkedId, isLayerName, isUuid, type VolumeRecord } from './record.ts';
import type { SrState } from './state.ts';
import { isShared, snapshotRecord } from './tree.ts';

/** The file of an overlay. Names that are no uuid get one derived from them, so that every layer here bears a uuid. */
export const overlayLayer = (id: string, overlayName: string): LayerName => {
  if (isUuid(overlayName)) return `${overlayName}.qcow2`;
  if (isLayerName(overlayName)) return overlayName;
  const hash = createHash('sha256').update(`${id}\n${overlayName}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}.qcow2`;
};

const withoutFreeze = ({ freeze: _done, ...record }: VolumeRecord): VolumeRecord => record;

export const prepareFreeze = async (state: SrState, id: string, overlayName: string): Promise<VolumeSource> => {
  const record = state.need(id);
  const overlay = overlayLayer(id, overlayName);
  if (record.top === overlay) return state.source(overlay);
  if (record.isSnapshot) throw new DriverError('bad-state', `volume ${id} is a snapshot; it is frozen already`);
  if (record.freeze !== undefined && record.freeze !== overlay)
    throw new DriverError('bad-state', `another freeze of volume ${id} is under way`);
  // The record first: then the overlay is known from its first byte on.
  if (record.freeze === undefined) await state.save({ ...record, freeze: overlay });
  if (!state.layers.has(overlay)) {
    const { virtualSizeBytes } = await state.directory.readLayer(record.top);
    await state.directory.removeLayer(overlay);
    await state.newLayer(virtualSizeBytes, record.top, overlay);
  }
  return state.source(overlay);
};

export const commitFreeze = async (
  state: SrState,
  id: string,
  overlayName: string,
  snapshot: { readonly id: string; readonly time: string } | undefined,
): Promise<void> => {
  const record = state.need(id);
  const overlay = overlayLayer(id, overlayName);
  if (record.top !== overlay && record.freeze !== overlay)
    throw new DriverError('bad-state', `no freeze of volume ${id} onto ${overlayName} was prepared`);
  const frozen = state.layers.get(overlay)?.parent;
  if (frozen === undefined) throw new DriverError('failed', `the overlay of volume ${id} is missing`);
  // The snapshot first: if this is cut short here, the freeze is still under way, and repeated or rolled back as one.
  if (snapshot && !state.volumes.has(checkedId(snapshot.id)))
    await state.save({ ...snapshotRecord(record, frozen, snapshot), frozenBy: overlay });
  if (record.top !== overlay) await state.save({ ...withoutFreeze(record), top: overlay });
};

/** Takes the SR's lock by itself, and lets go of it while content is merged. */
export const rollbackFreeze = async (
  state: SrState,
  id: string,
  overlayName: string,
  options: { readonly merge: boolean },
): Promise<void> => {
  const overlay = overlayLayer(id, overlayName);
  const below = await state.exclusive('roll back a freeze', () => beginRollback(state, id, overlay, options.merge));
  if (below === undefined) return;
  if (options.merge && state.layers.has(overlay)) {
    using _kept = state.pin([overlay, below]);
    await state.images.merge(state.file(overlay), state.file(below), {});
  }
  await state.exclusive('roll back a freeze', async () => {
    state.layers.set(below, await state.directory.readLayer(below));
    await state.save({ ...withoutFreeze(state.need(id)), top: below });
    await state.collect();
  });
};

/** The layer below, checked to be the volume's alone; undefined when there is nothing to undo. */
const beginRollback = async (state: SrState, id: string, overlay: LayerName, merge: boolean): Promise<LayerName | undefined> => {
  const record = state.volumes.get(checkedId(id));
  if (!record || (record.top !== overlay && record.freeze !== overlay)) return undefined;
  for (const other of state.volumes.values()) if (other.snapshotOf === id && other.frozenBy === overlay) await state.drop(other);
  const below = state.layers.get(overlay)?.parent ?? (record.top === overlay ? undefined : record.top);
  if (below === undefined) throw new DriverError('failed', `the layer below the overlay of volume ${id} is missing`);
  if (isShared(state, below, overlay, id) || isShared(state, overlay, overlay, id))
    throw new DriverError('in-use', `the layers of volume ${id} have other users by now; the freeze cannot be undone`);
  // While content is merged the volume is whole only through the overlay, and its record says so.
  if (merge && record.top !== overlay && state.layers.has(overlay)) await state.save({ ...withoutFreeze(record), top: overlay });
  return below;
};

/** Finishes a freeze that nobody came back for, forwards. Leaves a volume alone that a guest has open. */
export const settleFreeze = async (state: SrState, record: VolumeRecord): Promise<VolumeRecord> => {
  const { freeze } = record;
  if (freeze === undefined || record.attached.length > 0) return record;
  const settled = withoutFreeze(record);
  return state.save(state.layers.has(freeze) ? { ...settled, top: freeze } : settled);
};
