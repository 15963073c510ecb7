// What a migration knows of its VM: the VM, its snapshots and everything that hangs on them, read once. The checks and the plan
// are functions of it. Records are the database's own, frozen.

import type { HypervisorInfo } from '../../drivers/hypervisor.ts';
import { isNullRef, type Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { ClassName, RecordOf } from '../../model/index.ts';
import type { Services } from '../context.ts';

export interface Held<C extends ClassName> {
  readonly ref: Ref<C>;
  readonly record: RecordOf<C>;
}

/** The VM or one of its snapshots, with its devices. */
export interface MemberView extends Held<'VM'> {
  readonly vbds: readonly Held<'VBD'>[];
  readonly vifs: readonly Held<'VIF'>[];
}

/** A VDI that travels, as its records tell. */
export interface FamilyDisk extends Held<'VDI'> {
  readonly sr: Held<'SR'>;
  /** VMs outside the family that have a VBD for it. */
  readonly otherUsers: readonly Held<'VM'>[];
  /** Holds a VM's memory rather than a disk. */
  readonly isMemoryImage: boolean;
}

/** The same with what its SR says. */
export interface DiskView extends FamilyDisk {
  /** Names of its layers, topmost first; empty when the SR is not attached here or does not hold it. */
  readonly layers: readonly string[];
  readonly attachedHere: boolean;
}

/** What the records alone tell. */
export interface Family<D extends FamilyDisk = FamilyDisk> {
  readonly vm: MemberView;
  /** Oldest first. */
  readonly snapshots: readonly MemberView[];
  /** By reference, each once, whoever uses it. CDs are not among them: they never travel. */
  readonly disks: ReadonlyMap<Ref<'VDI'>, D>;
  /** Media in CD drives. */
  readonly media: ReadonlyMap<Ref<'VDI'>, { readonly disk: Held<'VDI'>; readonly sr: Held<'SR'> }>;
}

export interface HostView {
  readonly ref: Ref<'host'>;
  readonly uuid: string;
  readonly name: string;
  readonly hypervisor: HypervisorInfo;
}

export interface MigrationView extends Family<DiskView> {
  readonly host: HostView;
  readonly poolHasHa: boolean;
}

export const held = <C extends ClassName>(db: Reader, cls: C, ref: Ref<C>): Held<C> => ({ ref, record: db.need(cls, ref) });

const member = (db: Reader, ref: Ref<'VM'>): MemberView => {
  const record = db.need('VM', ref);
  return { ref, record, vbds: record.VBDs.map(vbd => held(db, 'VBD', vbd)), vifs: record.VIFs.map(vif => held(db, 'VIF', vif)) };
};

export const members = (family: Family): readonly MemberView[] => [family.vm, ...family.snapshots];

/** True when the guest exists as a process: its memory travels too. */
export const isLive = (family: Family): boolean => ['Running', 'Paused'].includes(family.vm.record.power_state);

/** Reads the records of a VM's family. Throws HANDLE_INVALID when there is no such VM. */
export function readFamily(db: Reader, vm: Ref<'VM'>): Family {
  const root = member(db, vm);
  const snapshots = root.record.snapshots.map(ref => member(db, ref));
  snapshots.sort((a, b) => a.record.snapshot_time.localeCompare(b.record.snapshot_time) || a.ref.localeCompare(b.ref));
  const all = [root, ...snapshots];
  return { vm: root, snapshots, disks: readDisks(db, all), media: readMedia(db, all) };
}

/** Reads the family and asks this host's SRs and hypervisor about it. */
export async function collectView(services: Services, vm: Ref<'VM'>): Promise<MigrationView> {
  const { db, self } = services;
  const hypervisor = await services.hypervisor.probe();
  const family = readFamily(db, vm);
  const disks = new Map<Ref<'VDI'>, DiskView>();
  for (const [ref, disk] of family.disks) {
    const driver = services.attachedSrs.get(disk.sr.record.uuid);
    const volume = await driver?.volume(disk.record.uuid);
    disks.set(ref, { ...disk, layers: volume?.layers ?? [], attachedHere: driver !== undefined });
  }
  const host = db.need('host', self.host);
  return {
    ...family,
    disks,
    host: { ref: self.host, uuid: host.uuid, name: host.name_label, hypervisor },
    poolHasHa: db.need('pool', self.pool).ha_enabled,
  };
}

function readDisks(db: Reader, family: readonly MemberView[]): ReadonlyMap<Ref<'VDI'>, FamilyDisk> {
  const inFamily = new Set<string>(family.map(each => each.ref));
  const disks = new Map<Ref<'VDI'>, FamilyDisk>();
  const add = (ref: Ref<'VDI'>, isMemoryImage: boolean): void => {
    const record = db.get('VDI', ref);
    if (record === undefined || disks.has(ref)) return;
    const users = record.VBDs.map(vbd => db.need('VBD', vbd).VM).filter(user => !inFamily.has(user));
    const otherUsers = [...new Set(users)].map(user => held(db, 'VM', user));
    disks.set(ref, { ref, record, sr: held(db, 'SR', record.SR), otherUsers, isMemoryImage });
  };
  for (const { record, vbds } of family) {
    for (const vbd of vbds) if (vbd.record.type !== 'CD' && !isNullRef(vbd.record.VDI)) add(vbd.record.VDI, false);
    if (!isNullRef(record.suspend_VDI)) add(record.suspend_VDI, true);
  }
  return disks;
}

function readMedia(db: Reader, family: readonly MemberView[]): Family['media'] {
  const media = new Map<Ref<'VDI'>, { readonly disk: Held<'VDI'>; readonly sr: Held<'SR'> }>();
  for (const { record } of family.flatMap(each => each.vbds)) {
    const disk = record.type === 'CD' && !isNullRef(record.VDI) ? db.get('VDI', record.VDI) : undefined;
    if (disk) media.set(record.VDI, { disk: { ref: record.VDI, record: disk }, sr: held(db, 'SR', disk.SR) });
  }
  return media;
}
