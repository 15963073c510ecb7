// VM.clone (thin, in the same SR) and VM.copy (whole data, any SR) of a halted VM, a template or a snapshot.
//
//   one volume step per disk, each undone by dropping what it made · commit* (all new records in one transaction)

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { Plan, PlannedStep } from '../../engine/types.ts';
import { XenError } from '../../model/error.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, OpsOf, Services } from '../context.ts';
import { runPlan, vmOperation } from '../operation.ts';
import { freshRef, freshUuid } from '../refs.ts';
import { refreshSr } from '../sr/sizes.ts';
import { assertSrAttached } from '../sr/attached.ts';
import { volumeSteps } from '../steps/volumes.ts';
import { copyVbds, copyVdi, copyVifs, type VolumeCopy } from './copies.ts';
import { clonedVm } from './record.ts';
import { locksOf } from './start.ts';

interface CopyRequest {
  readonly kind: 'VM.clone' | 'VM.copy';
  readonly name: string;
  /** Whole copies into this SR; absent: thin clones, or whole copies each in its own SR for `VM.copy`. */
  readonly sr?: Ref<'SR'>;
}

const volumeStep = (db: Reader, request: CopyRequest, copy: VolumeCopy): PlannedStep => {
  const id = `volume-${copy.uuid}`;
  const { uuid: to, sr, from, name, description } = copy;
  if (request.kind === 'VM.clone') return volumeSteps.clone(id, { sr, from, to, name, description });
  const targetSr = request.sr === undefined ? sr : db.need('SR', request.sr).uuid;
  return volumeSteps.copy(id, { sr, from, targetSr, spec: { id: to, sizeBytes: copy.sizeBytes, name, description, type: copy.type } });
};

/** Pure: the plan and the reference the new VM will have. */
export const clonePlan = (db: Reader, source: Ref<'VM'>, request: CopyRequest): { readonly plan: Plan; readonly vm: Ref<'VM'> } => {
  const original = db.need('VM', source);
  const vm = freshRef<'VM'>();
  const commit = new CommitBuilder();
  const metrics = commit.insert('VM_metrics', freshRef<'VM_metrics'>(), {});
  const record = clonedVm(original, { uuid: freshUuid(), name: request.name, metrics });
  const suspended = original.power_state === 'Suspended' && !isNullRef(original.suspend_VDI);
  const choice = request.sr === undefined ? {} : { sr: request.sr };
  const image = suspended ? copyVdi(db, commit, original.suspend_VDI, '', choice) : undefined;
  commit.insert('VM', vm, image ? { ...record, power_state: 'Suspended', suspend_VDI: image.vdi } : record);
  const copies = copyVbds(db, commit, original, vm, choice);
  copyVifs(db, commit, original, vm, { seed: record.other_config?.['mac_seed'] ?? '' });
  const steps = [...(image ? [image] : []), ...copies].map(copy => volumeStep(db, request, copy));
  return {
    plan: {
      kind: request.kind,
      locks: locksOf(db, source, original),
      steps: [...steps, commitStep('commit', 'recording the new VM', commit.build())],
      pivot: 'commit',
    },
    vm,
  };
};

const srsOf = (services: Services, vm: Ref<'VM'>): ReadonlySet<Ref<'SR'>> => {
  const { db } = services;
  const vdis = db
    .need('VM', vm)
    .VBDs.map(ref => db.need('VBD', ref).VDI)
    .filter(vdi => !isNullRef(vdi));
  return new Set(vdis.map(vdi => db.need('VDI', vdi).SR));
};

const copyVm = async (call: Call, source: Ref<'VM'>, request: CopyRequest): Promise<Ref<'VM'>> => {
  const { services } = call;
  const { plan, vm } = clonePlan(services.db, source, request);
  await runPlan(call, plan);
  for (const sr of srsOf(services, vm)) await refreshSr(services, sr);
  return vm;
};

export const cloneOps: OpsOf<'VM'> = {
  clone: (call, { vm, new_name: name }) => vmOperation(call, vm, 'clone', () => copyVm(call, vm, { kind: 'VM.clone', name })),
  copy: (call, { vm, new_name: name, sr }) =>
    vmOperation(call, vm, 'copy', async () => {
      if (isNullRef(sr)) return copyVm(call, vm, { kind: 'VM.copy', name });
      if (!call.services.db.get('SR', sr)) throw new XenError('HANDLE_INVALID', ['SR', sr]);
      assertSrAttached(call.services.db, sr);
      return copyVm(call, vm, { kind: 'VM.copy', name, sr });
    }),
};
