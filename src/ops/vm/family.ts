// A VM with everything that moves or is copied with it: its snapshots, and the devices and disks of each. Pure reads.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { RecordOf } from '../../model/index.ts';

export interface FamilyMember {
  readonly ref: Ref<'VM'>;
  readonly vm: RecordOf<'VM'>;
  readonly vbds: readonly (readonly [Ref<'VBD'>, RecordOf<'VBD'>])[];
  readonly vifs: readonly (readonly [Ref<'VIF'>, RecordOf<'VIF'>])[];
  /** Disks of the VBDs and the memory image, each once. */
  readonly vdis: readonly Ref<'VDI'>[];
}

export interface VmFamily {
  readonly vm: FamilyMember;
  /** Oldest first. */
  readonly snapshots: readonly FamilyMember[];
  /** Every VDI of the family, each once: snapshots' before the VM's own. */
  readonly vdis: ReadonlyMap<Ref<'VDI'>, RecordOf<'VDI'>>;
}

export const familyMember = (db: Reader, ref: Ref<'VM'>): FamilyMember => {
  const vm = db.need('VM', ref);
  const vbds = vm.VBDs.map(vbd => [vbd, db.need('VBD', vbd)] as const);
  const disks = [...vbds.map(([, vbd]) => vbd.VDI), vm.suspend_VDI].filter(vdi => !isNullRef(vdi) && db.get('VDI', vdi) !== undefined);
  return { ref, vm, vbds, vifs: vm.VIFs.map(vif => [vif, db.need('VIF', vif)] as const), vdis: [...new Set(disks)] };
};

export const vmFamily = (db: Reader, ref: Ref<'VM'>): VmFamily => {
  const vm = familyMember(db, ref);
  const snapshots = vm.vm.snapshots
    .map(snapshot => familyMember(db, snapshot))
    .sort((a, b) => a.vm.snapshot_time.localeCompare(b.vm.snapshot_time) || a.ref.localeCompare(b.ref));
  const vdis = new Map<Ref<'VDI'>, RecordOf<'VDI'>>();
  for (const member of [...snapshots, vm]) for (const vdi of member.vdis) vdis.set(vdi, db.need('VDI', vdi));
  return { vm, snapshots, vdis };
};
