// Who has a volume open. The books are in the volume's own record, so that they outlast this process, and another host would see them.

import { DriverError } from '../../hypervisor.ts';
import type { VolumeSource } from '../../storage.ts';
import { settleFreeze } from './freeze.ts';
import { chainOf } from './graph.ts';
import { checkedId, type Attachment } from './record.ts';
import type { SrState } from './state.ts';

/** One writer alone, or any number of readers. Repeating an owner's own attachment is success. */
export const attachVolume = async (
  state: SrState,
  id: string,
  { readOnly, owner }: { readonly readOnly: boolean; readonly owner: string },
): Promise<VolumeSource> => {
  const record = await settleFreeze(state, state.need(id));
  if (!readOnly && record.isSnapshot) throw new DriverError('bad-state', `volume ${id} is a snapshot and can only be read`);
  const others = record.attached.filter(a => a.owner !== owner);
  const rival = others.find(a => !a.readOnly || !readOnly);
  if (rival)
    throw new DriverError('in-use', `volume ${id} is ${rival.readOnly ? 'read' : 'written'} by ${rival.owner}`, {
      details: { owner: rival.owner },
    });
  if (state.exports.has(id)) throw new DriverError('in-use', `volume ${id} is being received`);
  const mine: Attachment = { owner, readOnly };
  const before = record.attached.find(a => a.owner === owner);
  if (before?.readOnly !== readOnly) await state.save({ ...record, attached: [...others, mine] });
  return state.source(record.top);
};

export const detachVolume = async (state: SrState, id: string, owner: string): Promise<void> => {
  const record = state.volumes.get(checkedId(id));
  if (!record?.attached.some(a => a.owner === owner)) return;
  await state.save({ ...record, attached: record.attached.filter(a => a.owner !== owner) });
};

/** Whether any volume that reads `layer` is open to a guest, being received or being frozen. */
export const isLayerOpen = (state: SrState, layer: string): boolean =>
  [...state.volumes.values()].some(
    volume =>
      (volume.attached.length > 0 || volume.freeze !== undefined || state.exports.has(volume.id)) &&
      (chainOf(state.layers, volume.top).includes(layer) ||
        (volume.freeze !== undefined && chainOf(state.layers, volume.freeze).includes(layer))),
  );
