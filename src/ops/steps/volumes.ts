// Steps that make, copy, attach and drop volumes. Each names its SR by uuid and the volume by the VDI's uuid, so that it can be
// repeated or undone by a process that knows nothing else.

import type { JsonObject } from '../../lib/json.ts';
import { DriverError } from '../../drivers/hypervisor.ts';
import type { SrDriver, VolumeInfo, VolumeSpec } from '../../drivers/storage.ts';
import type { PlannedStep, StepContext, StepKind } from '../../engine/types.ts';
import type { Services } from '../context.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { step } from './planned.ts';

/** The driver of an SR attached here. Throws DriverError not-found. */
export const srDriver = (services: Services, srUuid: string): SrDriver => {
  const driver = services.attachedSrs.get(srUuid);
  if (!driver) throw new DriverError('not-found', `storage repository ${srUuid} is not attached to this host`);
  return driver;
};

type CreateArgs = { readonly sr: string; readonly spec: VolumeSpec };
type CloneArgs = { readonly sr: string; readonly from: string; readonly to: string; readonly name: string; readonly description: string };
type SnapshotArgs = { readonly sr: string; readonly from: string; readonly to: string; readonly time: string };
type CopyArgs = { readonly sr: string; readonly from: string; readonly targetSr: string; readonly spec: VolumeSpec };
type AttachArgs = { readonly sr: string; readonly volume: string; readonly owner: string; readonly readOnly: boolean };
type DestroyArgs = { readonly sr: string; readonly volume: string };

/** Steps as data, for plans. Their results are `VolumeInfo`, of `attach` a `VolumeSource`. */
export const volumeSteps = {
  create: (id: string, args: CreateArgs): PlannedStep => step(id, 'volume.create', 'making a disk', 2, args),
  clone: (id: string, args: CloneArgs): PlannedStep => step(id, 'volume.clone', 'cloning a disk', 2, args),
  snapshot: (id: string, args: SnapshotArgs): PlannedStep => step(id, 'volume.snapshot', 'taking a snapshot of a disk', 2, args),
  copy: (id: string, args: CopyArgs): PlannedStep => step(id, 'volume.copy', 'copying disk data', 100, args),
  attach: (id: string, args: AttachArgs): PlannedStep => step(id, 'volume.attach', 'opening a disk', 1, args),
  /** Gives back what `attach` took; goes forward only. */
  detach: (id: string, args: AttachArgs): PlannedStep => step(id, 'volume.detach', 'closing a disk', 1, args),
  /** Goes forward only. */
  destroy: (id: string, args: DestroyArgs): PlannedStep => step(id, 'volume.destroy', 'removing a disk', 1, args),
};

/** A repeated make finds what the first try left. */
const orExisting = async (driver: SrDriver, id: string, make: () => Promise<VolumeInfo>): Promise<VolumeInfo> => {
  const before = await driver.volume(id);
  return before ?? (await make());
};

const dropping = (services: Services, sr: string, volume: string): Promise<void> => srDriver(services, sr).destroy(volume);

const making = <A extends object>(
  services: Services,
  kind: string,
  make: (args: A, context: StepContext) => Promise<VolumeInfo>,
  made: (args: A) => { readonly sr: string; readonly volume: string },
): StepKind<JsonObject, JsonObject> => ({
  kind,
  run: async (context, args) => toJson(await make(fromJson<A>(args), context)),
  undo: async (_context, args) => {
    const { sr, volume } = made(fromJson<A>(args));
    await dropping(services, sr, volume);
  },
});

const progressOf = (context: StepContext) => (progress: { readonly doneBytes: number; readonly totalBytes: number }) =>
  context.progress({ fraction: progress.totalBytes === 0 ? 1 : Math.min(1, progress.doneBytes / progress.totalBytes), ...progress });

const copying = (services: Services): StepKind<JsonObject, JsonObject> =>
  making<CopyArgs>(
    services,
    'volume.copy',
    async ({ sr, from, targetSr, spec }, context) => {
      const target = srDriver(services, targetSr);
      // A copy that a crash cut short is not known to be whole.
      await target.destroy(spec.id);
      return srDriver(services, sr).copyTo(from, target, spec, { signal: context.signal, onProgress: progressOf(context) });
    },
    ({ targetSr, spec }) => ({ sr: targetSr, volume: spec.id }),
  );

const attaching = (services: Services): StepKind<JsonObject, JsonObject> => ({
  kind: 'volume.attach',
  run: async (_context, json) => {
    const { sr, volume, owner, readOnly } = fromJson<AttachArgs>(json);
    return toJson(await srDriver(services, sr).attach(volume, { readOnly, owner }));
  },
  undo: async (_context, json) => {
    const { sr, volume, owner } = fromJson<AttachArgs>(json);
    await srDriver(services, sr).detach(volume, { owner });
  },
});

const detaching = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'volume.detach',
  run: async (_context, json) => {
    const { sr, volume, owner } = fromJson<AttachArgs>(json);
    await srDriver(services, sr).detach(volume, { owner });
    return null;
  },
});

const destroying = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'volume.destroy',
  run: async (_context, json) => {
    const { sr, volume } = fromJson<DestroyArgs>(json);
    await dropping(services, sr, volume);
    return null;
  },
});

export const volumeKinds = (services: Services): readonly StepKind<JsonObject, JsonObject | null>[] => [
  making<CreateArgs>(
    services,
    'volume.create',
    ({ sr, spec }) => orExisting(srDriver(services, sr), spec.id, () => srDriver(services, sr).create(spec)),
    ({ sr, spec }) => ({ sr, volume: spec.id }),
  ),
  making<CloneArgs>(
    services,
    'volume.clone',
    ({ sr, from, to, name, description }) =>
      orExisting(srDriver(services, sr), to, () => srDriver(services, sr).clone(from, { id: to, name, description })),
    ({ sr, to }) => ({ sr, volume: to }),
  ),
  making<SnapshotArgs>(
    services,
    'volume.snapshot',
    ({ sr, from, to, time }) => orExisting(srDriver(services, sr), to, () => srDriver(services, sr).snapshot(from, { id: to, time })),
    ({ sr, to }) => ({ sr, volume: to }),
  ),
  copying(services),
  attaching(services),
  detaching(services),
  destroying(services),
];
