// VM.create and VM.destroy: the records of a VM and all that belongs to it alone. Disks are not touched: they have their own life.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';
import { vmOperation } from '../operation.ts';
import { freshUuid } from '../refs.ts';
import { assertMemoryOrder, assertVcpus } from './limits.ts';

const deviceTables = ['VBD', 'VIF', 'VTPM', 'VGPU', 'VUSB', 'crashdump', 'console'] as const;

/** Deletes a VM's record, devices, metrics and consoles; its children get its parent. */
export const deleteVm = (tx: Tx, ref: Ref<'VM'>): void => {
  const vm = tx.need('VM', ref);
  for (const cls of deviceTables) {
    for (const device of Array.from(tx.referrers(cls, 'VM', ref))) tx.delete(cls, device);
  }
  if (tx.get('VM_metrics', vm.metrics)) tx.delete('VM_metrics', vm.metrics);
  if (tx.get('VM_guest_metrics', vm.guest_metrics)) tx.delete('VM_guest_metrics', vm.guest_metrics);
  for (const child of vm.children) tx.update('VM', child, { parent: vm.parent });
  tx.delete('VM', ref);
};

const bootKind = (args: Pick<RecordOf<'VM'>, 'HVM_boot_policy' | 'domain_type'>): RecordOf<'VM'>['domain_type'] => {
  if (args.domain_type !== 'unspecified') return args.domain_type;
  return args.HVM_boot_policy === '' ? 'pv' : 'hvm';
};

export const createOps: OpsOf<'VM'> = {
  create: (call, { args }) => {
    assertMemoryOrder(args);
    assertVcpus(args.VCPUs_at_startup, args.VCPUs_max, args.VCPUs_max);
    return change(call.services.db, tx => {
      const metrics = tx.insert('VM_metrics', {});
      const mac_seed = args.other_config['mac_seed'] ?? freshUuid();
      return tx.insert('VM', {
        ...args,
        power_state: 'Halted',
        suspend_VDI: isNullRef(args.suspend_VDI) ? args.suspend_VDI : tx.need('VDI', args.suspend_VDI) && args.suspend_VDI,
        other_config: { ...args.other_config, mac_seed },
        domain_type: bootKind(args),
        domid: -1,
        metrics,
      });
    });
  },
  destroy: (call, { self }) => {
    const { db } = call.services;
    if (db.need('VM', self).is_control_domain) throw new XenError('OPERATION_NOT_ALLOWED', ['You cannot destroy a control domain']);
    return vmOperation(call, self, 'destroy', () =>
      call.services.engine.withLocks([self], () => change(db, tx => deleteVm(tx, self)), { signal: call.signal }),
    );
  },
};
