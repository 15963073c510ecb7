// Steps of a freeze: a running guest's disks get empty overlays at one instant, so that what lies below stands still.
//
//   prepare each (overlay made) · freeze all · point of no return · commit each (overlay is the volume's top, snapshot recorded)
//
// Undone before that point: the guest's writes go back below (thaw), or, if the guest is gone, the storage driver merges them.

import type { JsonObject } from '../../lib/json.ts';
import type { FreezeRequest, HypervisorDriver } from '../../drivers/hypervisor.ts';
import type { VolumeSource } from '../../drivers/storage.ts';
import type { PlannedStep, StepContext, StepKind } from '../../engine/types.ts';
import type { Services } from '../context.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { srDriver } from './volumes.ts';
import { step } from './planned.ts';

/** One disk to freeze. `snapshot`: the volume that the frozen layer becomes. */
export interface FreezeDisk {
  readonly vbd: string;
  readonly sr: string;
  readonly volume: string;
  readonly overlay: string;
  readonly snapshot: string;
}

type PrepareArgs = { readonly guest: string; readonly disk: FreezeDisk };
type FreezeArgs = { readonly guest: string; readonly disks: readonly FreezeDisk[] };
type CheckpointArgs = FreezeArgs & { readonly image: string };
type CommitArgs = { readonly disk: FreezeDisk; readonly time: string };

const prepareId = (disk: FreezeDisk): string => `prepare-${disk.volume}`;
/** The id of the step after which a freeze only goes forward. */
export const frozenId = 'frozen';

const around = (guest: string, disks: readonly FreezeDisk[], time: string, freeze: PlannedStep): readonly PlannedStep[] => [
  ...disks.map(disk => step(prepareId(disk), 'freeze.prepare', 'preparing a disk', 1, { guest, disk } satisfies PrepareArgs)),
  freeze,
  step(frozenId, 'freeze.done', 'disks frozen', 1, {}),
  ...disks.map(disk => step(`commit-${disk.volume}`, 'freeze.commit', 'recording a disk snapshot', 1, { disk, time } satisfies CommitArgs)),
];

/** Freezes the disks of a live guest. */
export const freezeSteps = (guest: string, disks: readonly FreezeDisk[], time: string): readonly PlannedStep[] =>
  around(guest, disks, time, step('freeze', 'freeze.freeze', 'freezing disks', 5, { guest, disks } satisfies FreezeArgs));

/** The same, with the guest's memory written to the image that step `image` opened. */
export const checkpointSteps = (guest: string, disks: readonly FreezeDisk[], time: string, image: string): readonly PlannedStep[] =>
  around(guest, disks, time, step('freeze', 'freeze.checkpoint', 'saving memory', 50, { guest, disks, image } satisfies CheckpointArgs));

const requestsOf = (context: StepContext, disks: readonly FreezeDisk[]): readonly FreezeRequest[] =>
  disks.map(disk => ({ diskId: disk.vbd, overlay: fromJson<VolumeSource>(context.results.get(prepareId(disk))) }));

const thaw = async (services: Services, context: StepContext, { guest, disks }: FreezeArgs): Promise<void> => {
  const { hypervisor } = services;
  for (const disk of disks) {
    const overlay = context.results.get(prepareId(disk));
    const active = await hypervisor.activeLayer(guest, disk.vbd);
    if (overlay === undefined || active === undefined || active !== fromJson<VolumeSource>(overlay).path) continue;
    const below = await srDriver(services, disk.sr).source(disk.volume);
    await hypervisor.thaw(guest, disk.vbd, below, { signal: context.signal });
  }
};

const prepare = (services: Services): StepKind<JsonObject, JsonObject> => ({
  kind: 'freeze.prepare',
  run: async (_context, args) => {
    const { disk } = fromJson<PrepareArgs>(args);
    return toJson(await srDriver(services, disk.sr).prepareFreeze(disk.volume, disk.overlay));
  },
  undo: async (_context, args) => {
    const { guest, disk } = fromJson<PrepareArgs>(args);
    const gone = (await services.hypervisor.status(guest)) === undefined;
    await srDriver(services, disk.sr).rollbackFreeze(disk.volume, disk.overlay, { merge: gone });
  },
});

const freezing = (
  services: Services,
  kind: string,
  freeze: (hypervisor: HypervisorDriver, context: StepContext, args: JsonObject) => Promise<void>,
): StepKind<JsonObject, null> => ({
  kind,
  run: async (context, args) => {
    await freeze(services.hypervisor, context, args);
    return null;
  },
  undo: (context, args) => thaw(services, context, fromJson<FreezeArgs>(args)),
});

const done = (): StepKind<JsonObject, null> => ({ kind: 'freeze.done', run: async () => null, settle: async () => 'done' });

const commit = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'freeze.commit',
  run: async (_context, args) => {
    const { disk, time } = fromJson<CommitArgs>(args);
    await srDriver(services, disk.sr).commitFreeze(disk.volume, disk.overlay, { id: disk.snapshot, time });
    return null;
  },
});

export const freezeKinds = (services: Services): readonly StepKind<JsonObject, JsonObject | null>[] => [
  prepare(services),
  freezing(services, 'freeze.freeze', (hypervisor, context, json) => {
    const args = fromJson<FreezeArgs>(json);
    return hypervisor.freeze(args.guest, requestsOf(context, args.disks));
  }),
  freezing(services, 'freeze.checkpoint', (hypervisor, context, json) => {
    const args = fromJson<CheckpointArgs>(json);
    const image = fromJson<VolumeSource>(context.results.get(args.image));
    return hypervisor.checkpoint(args.guest, image, requestsOf(context, args.disks), { signal: context.signal });
  }),
  done(),
  commit(services),
];
