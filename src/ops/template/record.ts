// The record of a template from its row.

import { nullRef } from '../../lib/brand.ts';
import type { Ref } from '../../lib/brand.ts';
import type { RecordOf } from '../../model/index.ts';
import { freshUuid } from '../refs.ts';
import { overheadBytes } from '../vm/memory.ts';
import { writeDisks } from './disks.ts';
import type { TemplateRow } from './rows.ts';

const restrictions =
  '<restrictions><restriction field="memory-static-max" max="1649267441664"/><restriction field="vcpus-max" max="64"/>' +
  '<restriction property="number-of-vbds" max="255"/><restriction property="number-of-vifs" max="7"/></restrictions>';

const otherConfigOf = (row: TemplateRow): Readonly<Record<string, string>> => ({
  default_template: 'true',
  mac_seed: freshUuid(),
  ...row.otherConfig,
  ...(row.installMethods === '' ? {} : { 'install-methods': row.installMethods }),
  ...(row.disks.length === 0 ? {} : { disks: writeDisks(row.disks) }),
});

const bootOf = (row: TemplateRow): Partial<RecordOf<'VM'>> =>
  row.firmware
    ? {
        HVM_boot_policy: 'BIOS order',
        HVM_boot_params: { firmware: row.firmware.kind, order: row.firmware.order },
        domain_type: 'hvm',
      }
    : { PV_args: row.kernelArgs ?? '', domain_type: 'pvh' };

export const templateRecord = (row: TemplateRow, metrics: Ref<'VM_metrics'>): Partial<RecordOf<'VM'>> => ({
  name_label: row.name,
  name_description: row.description,
  reference_label: row.referenceLabel,
  power_state: 'Halted',
  user_version: 1,
  version: 1,
  is_a_template: true,
  is_default_template: true,
  affinity: nullRef(),
  memory_static_max: row.memoryBytes,
  memory_dynamic_max: row.memoryBytes,
  memory_dynamic_min: row.memoryBytes,
  memory_static_min: row.memoryMinBytes,
  memory_overhead: overheadBytes({ memory_static_max: row.memoryBytes, VCPUs_max: row.vcpus, HVM_shadow_multiplier: 1 }),
  VCPUs_max: row.vcpus,
  VCPUs_at_startup: row.vcpus,
  actions_after_shutdown: 'destroy',
  actions_after_reboot: 'restart',
  actions_after_crash: 'restart',
  ...bootOf(row),
  HVM_shadow_multiplier: 1,
  platform: row.platform,
  other_config: otherConfigOf(row),
  recommendations: restrictions,
  domid: -1,
  metrics,
  generation_id: '',
  has_vendor_device: false,
});
