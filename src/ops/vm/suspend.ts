// VM.suspend and VM.resume as plans.
//
//   suspend: make image · open image · suspend* · give devices back · commit (Suspended)
//   resume:  open disks, ports, image · load memory, guest stays paused · commit* (Running, image forgotten) · run · remove image
//
// A resumed guest runs only after the commit: memory that ran once must never be loaded again onto disks it has written to.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Reader } from '../../db/db.ts';
import type { VolumeSource } from '../../drivers/storage.ts';
import type { Plan, StepContext, StepKind } from '../../engine/types.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { applyCommit, type Commit, CommitBuilder } from '../commit.ts';
import { change } from '../change.ts';
import type { Call, OpsOf, Services } from '../context.ts';
import { refreshHostMemory } from '../host/memory.ts';
import { runPlan, vmOperation } from '../operation.ts';
import { fromJson } from '../plan-json.ts';
import { asRef, freshRef, freshUuid } from '../refs.ts';
import { refreshSr } from '../sr/sizes.ts';
import { guestSteps } from '../steps/guest.ts';
import { volumeSteps } from '../steps/volumes.ts';
import { newVdi } from '../vdi/record.ts';
import { assertCanBootHere, assertHostServes } from './placement.ts';
import { releaseDevices } from './release.ts';
import { recordStopped } from './running.ts';
import { draftOf } from './spec.ts';
import { deviceSteps, locksOf } from './start.ts';
import { step } from '../steps/planned.ts';

type SuspendArgs = { readonly vm: string; readonly guest: string; readonly image: string };
type SuspendedArgs = { readonly vm: string; readonly commit: Commit };

/** Memory, plus room for device state and the image's own tables. */
export const imageSizeBytes = (vm: RecordOf<'VM'>): number => {
  const mib = 1024 * 1024;
  return Math.ceil((vm.memory_static_max * 1.02 + 256 * mib) / mib) * mib;
};

/** Where memory images go: the VM's own choice, the host's, the pool's, the pool's default. Throws VM_NO_SUSPEND_SR. */
export const suspendSrOf = (services: Services, ref: Ref<'VM'>): Ref<'SR'> => {
  const { db, self } = services;
  const pool = db.need('pool', self.pool);
  const candidates = [db.need('VM', ref).suspend_SR, db.need('host', self.host).suspend_image_sr, pool.suspend_image_SR, pool.default_SR];
  const found = candidates.find(sr => {
    const record = isNullRef(sr) ? undefined : db.get('SR', sr);
    return record !== undefined && services.attachedSrs.has(record.uuid);
  });
  if (found === undefined) throw new XenError('VM_NO_SUSPEND_SR', [ref]);
  return found;
};

/** The VDI record of a memory image to be made. */
export const imageVdi = (vm: RecordOf<'VM'>, sr: Ref<'SR'>, uuid: string): Partial<RecordOf<'VDI'>> =>
  newVdi({
    uuid,
    SR: sr,
    name_label: 'Suspend image',
    name_description: 'Suspend image',
    type: 'suspend',
    virtual_size: imageSizeBytes(vm),
    sm_config: { vmhint: vm.uuid },
  });

export const suspendPlan = (db: Reader, ref: Ref<'VM'>, sr: Ref<'SR'>): Plan => {
  const vm = db.need('VM', ref);
  const vdi = freshRef<'VDI'>();
  const image = freshUuid();
  const srUuid = db.need('SR', sr).uuid;
  const record = imageVdi(vm, sr, image);
  const attach = { sr: srUuid, volume: image, owner: vm.uuid, readOnly: false };
  const commit = new CommitBuilder();
  commit.insert('VDI', vdi, record);
  commit.update('VM', ref, { suspend_VDI: vdi });
  const spec = { id: image, sizeBytes: imageSizeBytes(vm), name: 'Suspend image', description: 'Suspend image', type: 'suspend' };
  return {
    kind: 'VM.suspend',
    locks: locksOf(db, ref, vm),
    steps: [
      volumeSteps.create('image', { sr: srUuid, spec }),
      volumeSteps.attach('image-open', attach),
      step('suspend', 'guest.suspend', 'saving memory', 50, { vm: ref, guest: vm.uuid, image: 'image-open' } satisfies SuspendArgs),
      volumeSteps.detach('image-close', attach),
      step('commit', 'vm.suspended', 'recording the suspend', 1, { vm: ref, commit: commit.build() } satisfies SuspendedArgs),
    ],
    pivot: 'suspend',
  };
};

const reportTo = (context: StepContext) => (progress: { readonly doneBytes: number; readonly totalBytes: number }) =>
  context.progress({ fraction: progress.totalBytes === 0 ? 0 : Math.min(1, progress.doneBytes / progress.totalBytes), ...progress });

/** Cut short, it is done if the guest is gone: a suspend that fails leaves the guest running. */
const suspending = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'guest.suspend',
  run: async (context, args) => {
    const { guest, image } = fromJson<SuspendArgs>(args);
    const source = fromJson<VolumeSource>(context.results.get(image));
    await services.hypervisor.suspend(guest, source, { signal: context.signal, onProgress: reportTo(context) });
    return null;
  },
  settle: async (_context, args) => ((await services.hypervisor.status(fromJson<SuspendArgs>(args).guest)) ? 'undone' : 'done'),
});

const suspended = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'vm.suspended',
  run: async (_context, args) => {
    const { vm, commit } = fromJson<SuspendedArgs>(args);
    const ref = asRef<'VM'>(vm);
    await releaseDevices(services, ref);
    await change(services.db, tx => {
      applyCommit(tx, commit);
      recordStopped(tx, ref, 'Suspended');
    });
    return null;
  },
});

export const resumePlan = (db: Reader, ref: Ref<'VM'>, options: { readonly paused: boolean }): Plan => {
  const vm = db.need('VM', ref);
  const image = db.need('VDI', vm.suspend_VDI);
  const sr = db.need('SR', image.SR).uuid;
  const attach = { sr, volume: image.uuid, owner: vm.uuid, readOnly: true };
  return {
    kind: 'VM.resume',
    locks: [...locksOf(db, ref, vm), vm.suspend_VDI],
    steps: [
      ...deviceSteps(db, vm),
      volumeSteps.attach('image-open', attach),
      guestSteps.resume({ draft: draftOf(db, vm), image: 'image-open' }),
      guestSteps.started({ vm: ref, from: 'resume', forget: [vm.suspend_VDI] }),
      ...(options.paused ? [] : [guestSteps.unpause({ guest: vm.uuid })]),
      volumeSteps.detach('image-close', attach),
      volumeSteps.destroy('image-remove', { sr, volume: image.uuid }),
    ],
    pivot: 'commit',
  };
};

const resumeHere = async (call: Call, vm: Ref<'VM'>, options: { readonly paused: boolean; readonly force: boolean }): Promise<void> => {
  const { services } = call;
  const { suspend_VDI: image } = services.db.need('VM', vm);
  const vdi = isNullRef(image) ? undefined : services.db.get('VDI', image);
  if (!vdi) throw new XenError('VM_HAS_NO_SUSPEND_VDI', [vm]);
  await assertCanBootHere(services, vm, services.self.host, { force: options.force });
  await runPlan(call, resumePlan(services.db, vm, options));
  await refreshSr(services, vdi.SR);
  await refreshHostMemory(services);
};

export const suspendKinds = (services: Services): readonly StepKind<JsonObject, null>[] => [suspending(services), suspended(services)];

export const suspendOps: OpsOf<'VM'> = {
  suspend: (call, { vm }) =>
    vmOperation(call, vm, 'suspend', async () => {
      const { services } = call;
      const sr = suspendSrOf(services, vm);
      await runPlan(call, suspendPlan(services.db, vm, sr));
      await refreshSr(services, sr);
      await refreshHostMemory(services);
    }),
  resume: (call, { vm, start_paused: paused, force }) =>
    vmOperation(call, vm, 'resume', async () => {
      if (!call.services.db.need('host', call.services.self.host).enabled) throw new XenError('NO_HOSTS_AVAILABLE');
      await resumeHere(call, vm, { paused, force });
    }),
  resume_on: (call, { vm, host, start_paused: paused, force }) =>
    vmOperation(call, vm, 'resume_on', async () => {
      assertHostServes(call.services, host);
      await resumeHere(call, vm, { paused, force });
    }),
};
