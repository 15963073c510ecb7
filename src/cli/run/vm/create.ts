// `vm-create`: the record of a VM with the least that a record needs.

import { nullRef } from '../../../lib/brand.ts';
import type { Handler } from '../../context.ts';
import { uuidOf } from '../../lookup.ts';

const MEMORY_BYTES = 256 * 1024 * 1024;

export const create: Handler = async ({ args, out, session: open }) => {
  const session = await open();
  const vm = await session.call('VM.create', {
    args: {
      name_label: args.text('name-label'),
      name_description: args.get('name-description') ?? '',
      user_version: 1,
      is_a_template: false,
      affinity: nullRef<'host'>(),
      memory_target: MEMORY_BYTES,
      memory_static_max: MEMORY_BYTES,
      memory_dynamic_max: MEMORY_BYTES,
      memory_dynamic_min: MEMORY_BYTES,
      memory_static_min: MEMORY_BYTES / 2,
      VCPUs_params: {},
      VCPUs_max: 1,
      VCPUs_at_startup: 1,
      actions_after_shutdown: 'destroy',
      actions_after_reboot: 'restart',
      actions_after_crash: 'destroy',
      PV_bootloader: '',
      PV_kernel: '',
      PV_ramdisk: '',
      PV_args: '',
      PV_bootloader_args: '',
      PV_legacy_args: '',
      HVM_boot_policy: '',
      HVM_boot_params: {},
      platform: {},
      PCI_bus: '',
      other_config: {},
      recommendations: '',
    },
  });
  out.lines([await uuidOf(session, 'VM', vm)]);
};
