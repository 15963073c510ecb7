// The family's records, packed for the journey: fields that mean the same anywhere, keys in place of references. Pure.

import type { JsonObject } from '../../lib/json.ts';
import type { Reader } from '../../db/db.ts';
import { isNullRef, type Ref } from '../../lib/brand.ts';
import { type ClassName, classes, type RecordOf } from '../../model/index.ts';
import type { Identities } from './identities.ts';
import { portable } from './portable.ts';
import type { Bundle } from './protocol.ts';
import { type Family, members, type MemberView } from './view.ts';

/** Where things go, by this host's references. */
export interface Placement {
  /** SR uuid at the destination. */
  readonly srOf: ReadonlyMap<Ref<'VDI'>, string>;
  /** Network reference at the destination. */
  readonly networkOf: ReadonlyMap<Ref<'VIF'>, string>;
  readonly identities: Identities;
}

export function packFamily(db: Reader, family: Family, placement: Placement): Bundle {
  const inFamily = new Set<string>(members(family).map(each => each.ref));
  const keyOf = (ref: string, known: { has(ref: string): boolean }): string | null => (known.has(ref) ? ref : null);
  const disks = family.disks as ReadonlyMap<string, unknown>;
  const pack = (each: MemberView): Bundle['vms'][number] => ({
    key: each.ref,
    uuid: placement.identities.vmUuid(each.record.uuid),
    fields: portable('VM', each.record),
    snapshotOf: keyOf(each.record.snapshot_of, inFamily),
    parent: keyOf(each.record.parent, inFamily),
    suspendVdi: keyOf(each.record.suspend_VDI, disks),
    vbds: each.vbds.map(({ record }) => ({
      uuid: placement.identities.deviceUuid(record.uuid),
      fields: portable('VBD', record),
      vdi: keyOf(record.VDI, disks),
      medium: family.media.get(record.VDI)?.disk.record.uuid ?? null,
    })),
    vifs: each.vifs.map(({ ref, record }) => ({
      uuid: placement.identities.deviceUuid(record.uuid),
      fields: { ...portable('VIF', record), MAC: placement.identities.mac(record.MAC) },
      network: placement.networkOf.get(ref) ?? '',
    })),
    metrics: packed(db, 'VM_metrics', each.record.metrics)?.fields ?? null,
    guestMetrics: packed(db, 'VM_guest_metrics', each.record.guest_metrics) ?? null,
  });
  return {
    vdis: [...family.disks.values()].map(disk => ({
      key: disk.ref,
      volume: placement.identities.volumeId(disk.record.uuid),
      sr: placement.srOf.get(disk.ref) ?? '',
      fields: portable('VDI', disk.record),
      snapshotOf: keyOf(disk.record.snapshot_of, disks),
    })),
    vms: members(family).map(pack),
  };
}

function packed<C extends ClassName>(db: Reader, cls: C, ref: Ref<C>): { uuid: string; fields: JsonObject } | undefined {
  const record: RecordOf<C> | undefined = isNullRef(ref) || !classes[cls] ? undefined : db.get(cls, ref);
  return record && { uuid: 'uuid' in record ? String(record.uuid) : '', fields: portable(cls, record) };
}
