// A bundle becomes records: the VM, its snapshots, their devices and disks, in one transaction of the caller.

import { nullRef, type Ref } from '../../../lib/brand.ts';
import type { Tx } from '../../../db/db.ts';
import type { RecordOf } from '../../../model/index.ts';
import { XenError } from '../../../model/error.ts';
import { asRef, freshRef } from '../../refs.ts';
import { arrived } from '../portable.ts';
import type { Bundle } from '../protocol.ts';

type VmPart = Bundle['vms'][number];

/** Inserts all; gives the VM. Halted, with nothing attached: what runs is for the caller to say. Refuses a uuid that is taken. */
export function installFamily(tx: Tx, bundle: Bundle): Ref<'VM'> {
  const [first] = bundle.vms;
  if (first === undefined) throw new XenError('INVALID_VALUE', ['bundle.vms', 'a VM expected']);
  const vdis = new Map(bundle.vdis.map(vdi => [vdi.key, freshRef<'VDI'>()]));
  const vms = new Map(bundle.vms.map(vm => [vm.key, freshRef<'VM'>()]));
  for (const vdi of bundle.vdis) tx.insert('VDI', vdiRecord(tx, vdi), vdis.get(vdi.key));
  for (const { key, snapshotOf } of bundle.vdis) {
    const [ref, origin] = [vdis.get(key), snapshotOf === null ? undefined : vdis.get(snapshotOf)];
    if (ref !== undefined && origin !== undefined) tx.update('VDI', ref, { snapshot_of: origin });
  }
  for (const vm of bundle.vms) installMember(tx, vm, vms, vdis);
  for (const { key, snapshotOf, parent } of bundle.vms) {
    const ref = vms.get(key);
    if (ref === undefined) continue;
    tx.update('VM', ref, { snapshot_of: lookUp(vms, snapshotOf), parent: lookUp(vms, parent) });
  }
  return lookUp(vms, first.key);
}

const lookUp = <C extends string>(refs: ReadonlyMap<string, Ref<C>>, key: string | null): Ref<C> =>
  (key === null ? undefined : refs.get(key)) ?? nullRef<C>();

function vdiRecord(tx: Tx, vdi: Bundle['vdis'][number]): Partial<RecordOf<'VDI'>> {
  const sr = tx.byUuid('SR', vdi.sr);
  if (sr === undefined) throw new XenError('UUID_INVALID', ['SR', vdi.sr]);
  return {
    ...arrived('VDI', vdi.fields),
    uuid: vdi.volume,
    location: vdi.volume,
    SR: sr,
    managed: true,
  };
}

function installMember(tx: Tx, part: VmPart, vms: ReadonlyMap<string, Ref<'VM'>>, vdis: ReadonlyMap<string, Ref<'VDI'>>): void {
  const taken = tx.byUuid('VM', part.uuid);
  if (taken !== undefined) throw new XenError('DUPLICATE_VM', [taken]);
  const fields = arrived('VM', part.fields);
  const isLive = fields.power_state === 'Running' || fields.power_state === 'Paused';
  const vm = tx.insert(
    'VM',
    {
      ...fields,
      uuid: part.uuid,
      domid: -1,
      power_state: isLive ? 'Halted' : (fields.power_state ?? 'Halted'),
      suspend_VDI: lookUp(vdis, part.suspendVdi),
      metrics: part.metrics === null ? nullRef() : tx.insert('VM_metrics', arrived('VM_metrics', part.metrics)),
      guest_metrics:
        part.guestMetrics === null ? nullRef() : tx.insert('VM_guest_metrics', arrived('VM_guest_metrics', part.guestMetrics.fields)),
    },
    vms.get(part.key),
  );
  for (const vbd of part.vbds) {
    const medium = vbd.medium === null ? undefined : tx.byUuid('VDI', vbd.medium);
    const vdi = medium ?? lookUp(vdis, vbd.vdi);
    tx.insert('VBD', { ...arrived('VBD', vbd.fields), uuid: vbd.uuid, VM: vm, VDI: vdi, empty: vdi === nullRef() });
  }
  for (const vif of part.vifs) {
    const network = asRef<'network'>(vif.network);
    tx.need('network', network);
    tx.insert('VIF', { ...arrived('VIF', vif.fields), uuid: vif.uuid, VM: vm, network });
  }
}
