// VM.revert: a VM becomes again what a snapshot of it was: configuration, disks, and memory if the snapshot has it.
//
//   clone each disk of the snapshot · commit* (records exchanged) · remove the disks that were replaced

import type { Ref } from '../../lib/brand.ts';
import { isNullRef, nullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { Plan, PlannedStep } from '../../engine/types.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, OpsOf } from '../context.ts';
import { assertVm, holding, runPlan } from '../operation.ts';
import { refreshSr } from '../sr/sizes.ts';
import { volumeSteps } from '../steps/volumes.ts';
import { copyVbds, copyVdi, copyVifs, type VolumeCopy } from './copies.ts';
import { restorable } from './record.ts';
import { releaseVm } from './release.ts';
import { locksOf } from './start.ts';

/** Disks that only this VM holds for writing: what a revert replaces. */
const ownDisks = (db: Reader, ref: Ref<'VM'>): readonly Ref<'VDI'>[] => {
  const vm = db.need('VM', ref);
  const disks = vm.VBDs.map(vbd => db.need('VBD', vbd)).filter(vbd => vbd.type === 'Disk' && vbd.mode === 'RW' && !isNullRef(vbd.VDI));
  const only = disks.map(vbd => vbd.VDI).filter(vdi => db.need('VDI', vdi).VBDs.every(vbd => db.need('VBD', vbd).VM === ref));
  return [...only, ...(isNullRef(vm.suspend_VDI) || !db.get('VDI', vm.suspend_VDI) ? [] : [vm.suspend_VDI])];
};

const cloneStep = (copy: VolumeCopy): PlannedStep =>
  volumeSteps.clone(`volume-${copy.uuid}`, { sr: copy.sr, from: copy.from, to: copy.uuid, name: copy.name, description: copy.description });

/** Snapshots of a disk that was replaced are snapshots of its successor. */
const inherit = (db: Reader, commit: CommitBuilder, copies: readonly VolumeCopy[]): void => {
  for (const { original, vdi } of copies) {
    const { snapshot_of: before } = db.need('VDI', original);
    if (isNullRef(before)) continue;
    for (const sibling of db.referrers('VDI', 'snapshot_of', before)) commit.update('VDI', sibling, { snapshot_of: vdi });
  }
};

const dropOld = (db: Reader, commit: CommitBuilder, vm: RecordOf<'VM'>, disks: readonly Ref<'VDI'>[]): readonly PlannedStep[] => {
  for (const vbd of vm.VBDs) commit.delete('VBD', vbd);
  for (const vif of vm.VIFs) commit.delete('VIF', vif);
  return disks.map(ref => {
    commit.delete('VDI', ref);
    const vdi = db.need('VDI', ref);
    return volumeSteps.destroy(`remove-${vdi.uuid}`, { sr: db.need('SR', vdi.SR).uuid, volume: vdi.uuid });
  });
};

export const revertPlan = (db: Reader, snapshotRef: Ref<'VM'>): Plan => {
  const snapshot = db.need('VM', snapshotRef);
  const ref = snapshot.snapshot_of;
  const vm = db.need('VM', ref);
  const commit = new CommitBuilder();
  const suspended = snapshot.power_state === 'Suspended' && !isNullRef(snapshot.suspend_VDI);
  const image = suspended ? copyVdi(db, commit, snapshot.suspend_VDI, '') : undefined;
  const copies = copyVbds(db, commit, snapshot, ref);
  copyVifs(db, commit, snapshot, ref, 'same');
  inherit(db, commit, copies);
  const removals = dropOld(db, commit, vm, ownDisks(db, ref));
  commit.update('VM', ref, {
    ...restorable(snapshot, vm),
    power_state: image ? 'Suspended' : 'Halted',
    suspend_VDI: image?.vdi ?? nullRef(),
    ...(image && { last_boot_CPU_flags: snapshot.last_boot_CPU_flags }),
    parent: snapshotRef,
  });
  const made = [...(image ? [image] : []), ...copies];
  return {
    kind: 'VM.revert',
    locks: [...locksOf(db, ref, vm), snapshotRef],
    steps: [...made.map(cloneStep), commitStep('commit', 'recording the revert', commit.build()), ...removals],
    pivot: 'commit',
  };
};

const revert = async (call: Call, snapshot: Ref<'VM'>): Promise<void> => {
  const { services } = call;
  const { db } = services;
  const vm = db.need('VM', snapshot).snapshot_of;
  if (isNullRef(vm) || !db.get('VM', vm)) throw new XenError('VM_REVERT_FAILED', [snapshot, vm]);
  const marks = [
    { cls: 'VM', ref: snapshot, op: 'revert' },
    { cls: 'VM', ref: vm, op: 'reverting' },
  ] as const;
  await holding(
    call,
    marks,
    tx => {
      assertVm(tx, snapshot, 'revert');
      assertVm(tx, vm, 'reverting');
    },
    async () => {
      const { power_state: state } = db.need('VM', vm);
      if (state === 'Running' || state === 'Paused')
        await services.engine.withLocks([vm], () => releaseVm(services, vm), { signal: call.signal });
      const srs = new Set(
        db
          .need('VM', snapshot)
          .VBDs.map(vbd => db.need('VBD', vbd).VDI)
          .filter(vdi => !isNullRef(vdi))
          .map(vdi => db.need('VDI', vdi).SR),
      );
      await runPlan(call, revertPlan(db, snapshot));
      for (const sr of srs) await refreshSr(services, sr);
    },
    { vm },
  );
};

export const revertOps: OpsOf<'VM'> = { revert: (call, { snapshot }) => revert(call, snapshot) };
