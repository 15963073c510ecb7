// Messages that change a VM's settings, most of them plain writes; those that a state forbids say so.

import { isNullRef } from '../../lib/brand.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';
import { adder, remover, setter } from '../fields.ts';
import { assertVm } from '../operation.ts';

const haPriorities: ReadonlySet<string> = new Set(['', 'restart', 'best-effort']);

const plain: OpsOf<'VM'> = {
  set_start_delay: setter('VM', 'start_delay'),
  set_shutdown_delay: setter('VM', 'shutdown_delay'),
  set_order: setter('VM', 'order'),
  set_suspend_VDI: setter('VM', 'suspend_VDI'),
  set_actions_after_crash: setter('VM', 'actions_after_crash'),
  set_HVM_boot_policy: setter('VM', 'HVM_boot_policy'),
  set_has_vendor_device: setter('VM', 'has_vendor_device'),
  set_domain_type: setter('VM', 'domain_type'),
  set_other_config: setter('VM', 'other_config'),
  add_to_other_config: adder('VM', 'other_config'),
  remove_from_other_config: remover('VM', 'other_config'),
  set_platform: setter('VM', 'platform'),
  add_to_platform: adder('VM', 'platform'),
  remove_from_platform: remover('VM', 'platform'),
  set_blocked_operations: setter('VM', 'blocked_operations'),
  add_to_blocked_operations: adder('VM', 'blocked_operations'),
  remove_from_blocked_operations: remover('VM', 'blocked_operations'),
  set_NVRAM: setter('VM', 'NVRAM'),
  add_to_NVRAM: adder('VM', 'NVRAM'),
  remove_from_NVRAM: remover('VM', 'NVRAM'),
  set_ha_always_run: setter('VM', 'ha_always_run'),
  set_groups: setter('VM', 'groups'),
};

export const settingOps: OpsOf<'VM'> = {
  ...plain,
  set_is_a_template: (call, { self, value }) =>
    change(call.services.db, tx => {
      const vm = tx.need('VM', self);
      if (value && !vm.is_a_template) assertVm(tx, self, 'make_into_template');
      // A snapshot stays a template: that is what makes clones of it.
      if (!vm.is_a_snapshot) tx.update('VM', self, { is_a_template: value });
    }),
  set_is_default_template: (call, { vm, value }) =>
    change(call.services.db, tx => {
      const record = tx.need('VM', vm);
      if (value && !record.is_a_template) assertVm(tx, vm, 'make_into_template');
      tx.update('VM', vm, value ? { is_default_template: true, is_a_template: true } : { is_default_template: false });
    }),
  set_ha_restart_priority: (call, { self, value }) => {
    if (!haPriorities.has(value)) throw new XenError('INVALID_VALUE', ['ha_restart_priority', value]);
    return change(call.services.db, tx => tx.update('VM', self, { ha_restart_priority: value, ha_always_run: value === 'restart' }));
  },
  set_appliance: (call, { self, value }) =>
    change(call.services.db, tx => {
      if (!isNullRef(value)) tx.need('VM_appliance', value);
      tx.update('VM', self, { appliance: value });
    }),
  set_bios_strings: (call, { self, value }) =>
    change(call.services.db, tx => {
      if (Object.keys(tx.need('VM', self).bios_strings).length > 0) throw new XenError('VM_BIOS_STRINGS_ALREADY_SET');
      tx.update('VM', self, { bios_strings: value });
    }),
  copy_bios_strings: (call, { vm, host }) =>
    change(call.services.db, tx => {
      if (Object.keys(tx.need('VM', vm).bios_strings).length > 0) throw new XenError('VM_BIOS_STRINGS_ALREADY_SET');
      tx.update('VM', vm, { bios_strings: tx.need('host', host).bios_strings });
    }),
  update_snapshot_metadata: (call, { vm, snapshot_of, snapshot_time, transportable_snapshot_id }) =>
    change(call.services.db, tx => tx.update('VM', vm, { is_a_snapshot: true, snapshot_of, snapshot_time, transportable_snapshot_id })),
};
