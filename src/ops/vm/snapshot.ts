// VM.snapshot and VM.checkpoint as plans.
//
//   at rest: a snapshot of each volume · commit*
//   live:    prepare each disk · freeze all (with memory: checkpoint) · frozen* · commit each disk · commit records
//
// A snapshot of a live VM holds its disks at one instant; a checkpoint its memory of the same instant too.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef, nullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { Plan, PlannedStep } from '../../engine/types.ts';
import type { RecordOf } from '../../model/index.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, OpsOf, Services } from '../context.ts';
import { runPlan, vmOperation } from '../operation.ts';
import { freshRef, freshUuid, timeText } from '../refs.ts';
import { refreshSr } from '../sr/sizes.ts';
import { checkpointSteps, type FreezeDisk, freezeSteps, frozenId } from '../steps/freeze.ts';
import { volumeSteps } from '../steps/volumes.ts';
import { copyVbds, copyVdi, copyVifs, type VolumeCopy } from './copies.ts';
import { snapshotVm } from './record.ts';
import { locksOf } from './start.ts';
import { imageSizeBytes, imageVdi, suspendSrOf } from './suspend.ts';

interface SnapshotRequest {
  readonly name: string;
  readonly without: ReadonlySet<string>;
  /** With memory: the SR that takes the image of a live guest. */
  readonly memory?: { readonly sr: Ref<'SR'> };
}

interface Draft {
  readonly ref: Ref<'VM'>;
  readonly record: RecordOf<'VM'>;
  readonly time: string;
  readonly commit: CommitBuilder;
  readonly snapshot: Ref<'VM'>;
}

const asSnapshot =
  (time: string) =>
  (of: Ref<'VDI'>): Partial<RecordOf<'VDI'>> => ({ is_a_snapshot: true, snapshot_of: of, snapshot_time: time });

const insertRecords = (
  db: Reader,
  draft: Draft,
  name: string,
  state: RecordOf<'VM'>['power_state'],
  image: Ref<'VDI'>,
  without: ReadonlySet<string>,
) => {
  const { ref, record, time, commit, snapshot } = draft;
  const metrics = commit.insert('VM_metrics', freshRef<'VM_metrics'>(), {});
  commit.insert(
    'VM',
    snapshot,
    snapshotVm(record, { uuid: freshUuid(), name, time, metrics, of: ref, powerState: state, suspendVdi: image }),
  );
  const copies = copyVbds(db, commit, record, snapshot, { fields: asSnapshot(time), without });
  copyVifs(db, commit, record, snapshot, 'same');
  commit.update('VM', ref, { parent: snapshot });
  return copies;
};

const restStep = (time: string, copy: VolumeCopy): PlannedStep =>
  volumeSteps.snapshot(`volume-${copy.uuid}`, { sr: copy.sr, from: copy.from, to: copy.uuid, time });

const atRest = (db: Reader, draft: Draft, request: SnapshotRequest, keepMemory: boolean): readonly PlannedStep[] => {
  const { record, time, commit } = draft;
  const suspended = keepMemory && record.power_state === 'Suspended' && !isNullRef(record.suspend_VDI);
  const image = suspended ? copyVdi(db, commit, record.suspend_VDI, '', { fields: asSnapshot(time) }) : undefined;
  const copies = insertRecords(db, draft, request.name, image ? 'Suspended' : 'Halted', image?.vdi ?? nullRef(), request.without);
  return [...(image ? [image] : []), ...copies].map(copy => restStep(time, copy));
};

const vbdUuidOf = (db: Reader, vm: RecordOf<'VM'>, userdevice: string): string => {
  const found = vm.VBDs.map(ref => db.need('VBD', ref)).find(vbd => vbd.userdevice === userdevice);
  return found?.uuid ?? '';
};

const freezeOf = (db: Reader, vm: RecordOf<'VM'>, copy: VolumeCopy): FreezeDisk => ({
  vbd: vbdUuidOf(db, vm, copy.userdevice),
  sr: copy.sr,
  volume: copy.from,
  overlay: freshUuid(),
  snapshot: copy.uuid,
});

const live = (db: Reader, draft: Draft, request: SnapshotRequest): readonly PlannedStep[] => {
  const { record, time, commit } = draft;
  if (!request.memory) {
    const copies = insertRecords(db, draft, request.name, 'Halted', nullRef(), request.without);
    const disks = copies.map(copy => freezeOf(db, record, copy));
    return freezeSteps(record.uuid, disks, time);
  }
  const image = freshUuid();
  const sr = db.need('SR', request.memory.sr).uuid;
  const fields = { ...imageVdi(record, request.memory.sr, image), ...asSnapshot(time)(nullRef()) };
  const vdi = commit.insert('VDI', freshRef<'VDI'>(), fields);
  const copies = insertRecords(db, draft, request.name, 'Suspended', vdi, request.without);
  const disks = copies.map(copy => freezeOf(db, record, copy));
  const attach = { sr, volume: image, owner: record.uuid, readOnly: false };
  const spec = { id: image, sizeBytes: imageSizeBytes(record), name: 'Suspend image', description: 'Suspend image', type: 'suspend' };
  return [
    volumeSteps.create('image', { sr, spec }),
    volumeSteps.attach('image-open', attach),
    ...checkpointSteps(record.uuid, disks, time, 'image-open'),
    volumeSteps.detach('image-close', attach),
  ];
};

/** Pure: the plan and the reference the snapshot will have. */
export const snapshotPlan = (
  db: Reader,
  ref: Ref<'VM'>,
  request: SnapshotRequest & { readonly checkpoint: boolean },
): { readonly plan: Plan; readonly vm: Ref<'VM'> } => {
  const record = db.need('VM', ref);
  const draft: Draft = { ref, record, time: timeText(), commit: new CommitBuilder(), snapshot: freshRef<'VM'>() };
  const isLive = record.power_state === 'Running' || record.power_state === 'Paused';
  const steps = isLive ? live(db, draft, request) : atRest(db, draft, request, request.checkpoint);
  return {
    plan: {
      kind: request.checkpoint ? 'VM.checkpoint' : 'VM.snapshot',
      locks: locksOf(db, ref, record),
      steps: [...steps, commitStep('commit', 'recording the snapshot', draft.commit.build())],
      pivot: isLive ? frozenId : 'commit',
    },
    vm: draft.snapshot,
  };
};

const refreshSrsOf = async (services: Services, vm: Ref<'VM'>): Promise<void> => {
  const { db } = services;
  const record = db.need('VM', vm);
  const vdis = [...record.VBDs.map(ref => db.need('VBD', ref).VDI), record.suspend_VDI].filter(vdi => !isNullRef(vdi));
  for (const sr of new Set(vdis.map(vdi => db.need('VDI', vdi).SR))) await refreshSr(services, sr);
};

const take = async (call: Call, ref: Ref<'VM'>, request: SnapshotRequest & { readonly checkpoint: boolean }): Promise<Ref<'VM'>> => {
  const { plan, vm } = snapshotPlan(call.services.db, ref, request);
  await runPlan(call, plan);
  await refreshSrsOf(call.services, vm);
  return vm;
};

export const snapshotOps: OpsOf<'VM'> = {
  snapshot: (call, { vm, new_name: name, ignore_vdis: ignored }) =>
    vmOperation(call, vm, 'snapshot', () => take(call, vm, { name, without: new Set<string>(ignored), checkpoint: false })),
  checkpoint: (call, { vm, new_name: name }) =>
    vmOperation(call, vm, 'checkpoint', record => {
      const base = { name, without: new Set<string>(), checkpoint: true };
      return take(call, vm, record.power_state === 'Suspended' ? base : { ...base, memory: { sr: suspendSrOf(call.services, vm) } });
    }),
};
