// `freeze`: all disks of the running guest are fixed at one instant; from then on its writes go to new layers on top. Undone, the new
// layers melt into those below, through the guest if it lives, without it if it does not.

import type { VolumeSource } from '../../../drivers/storage.ts';
import type { Services } from '../../context.ts';
import { fromJson, toJson } from '../../plan-json.ts';
import { srDriver } from '../../steps/volumes.ts';
import type { StepKind } from '../../../engine/types.ts';
import type { FrozenDisk } from './args.ts';
import { stepKind, type StepParts } from './kinds.ts';

/** By disk id: where each disk lay before, and the layer put on top of it. */
interface FreezeNote {
  readonly below: Readonly<Record<string, VolumeSource>>;
  readonly overlays: Readonly<Record<string, VolumeSource>>;
}

export const freezeKinds = ({ services }: StepParts): readonly StepKind[] => [
  stepKind('freeze', {
    async run(context, { guest, disks }) {
      const below: Record<string, VolumeSource> = {};
      const overlays: Record<string, VolumeSource> = {};
      for (const disk of disks) {
        below[disk.diskId] = await srDriver(services, disk.sr).source(disk.volume);
        overlays[disk.diskId] = await srDriver(services, disk.sr).prepareFreeze(disk.volume, disk.overlay);
      }
      const note: FreezeNote = { below, overlays };
      await context.remember(toJson(note));
      const requests = Object.entries(overlays).map(([diskId, overlay]) => ({ diskId, overlay }));
      if (requests.length > 0) await services.hypervisor.freeze(guest, requests);
      for (const disk of disks) await srDriver(services, disk.sr).commitFreeze(disk.volume, disk.overlay);
      return null;
    },
    async undo(context, { guest, disks }) {
      const note = context.note === undefined ? undefined : fromJson<FreezeNote>(context.note);
      for (const disk of disks) await melt(services, guest, disk, note, context.signal);
    },
  }),
];

async function melt(services: Services, guest: string, disk: FrozenDisk, note: FreezeNote | undefined, signal: AbortSignal): Promise<void> {
  const below = note?.below[disk.diskId];
  const overlay = note?.overlays[disk.diskId];
  const active = await services.hypervisor.activeLayer(guest, disk.diskId);
  // Nobody to ask: the guest is gone, and whatever it wrote into the new layer is its disk's last word.
  const merge = active === undefined;
  if (active !== undefined && active === overlay?.path && below !== undefined) {
    await services.hypervisor.thaw(guest, disk.diskId, below, { signal });
  }
  await srDriver(services, disk.sr).rollbackFreeze(disk.volume, disk.overlay, { merge });
}
