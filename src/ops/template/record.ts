// The record of a template from its row.

import { nullRef } from '../../lib/brand.ts';
import type { Ref } from '../../lib/brand.ts';
import type { RecordOf } from '../../model/index.ts';
import { freshUuid } from '../refs.ts';
import { overheadBytes } from '../vm/memory.ts';
import { writeDisks } from './disks.ts';
import type { TemplateRow } from './row.ts';

const VBDS_MAX = 255;
const VIFS_MAX = 7;

/** What clients may offer for a VM of this template. */
export const recommendationsOf = ({ limits }: TemplateRow): string => {
  const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
  const { boots } = limits;
  const fields: readonly (readonly [field: string, kind: 'min' | 'max' | 'value', value: string])[] = [
    ['memory-static-max', 'max', String(limits.memoryMaxBytes)],
    ...(limits.vcpusMin === undefined ? [] : [['vcpus-min', 'min', String(limits.vcpusMin)] as const]),
    ['vcpus-max', 'max', String(limits.vcpusMax)],
    ...(boots === undefined
      ? []
      : ([
          ['supports-bios', 'value', yesNo(boots.bios)],
          ['supports-uefi', 'value', yesNo(boots.uefi)],
          ['supports-secure-boot', 'value', yesNo(boots.secureBoot)],
        ] as const)),
  ];
  return [
    '<restrictions>',
    ...fields.map(([field, kind, value]) => `<restriction field="${field}" ${kind}="${value}"/>`),
    `<restriction property="number-of-vbds" max="${VBDS_MAX}"/><restriction property="number-of-vifs" max="${VIFS_MAX}"/>`,
    '</restrictions>',
  ].join('');
};

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
  recommendations: recommendationsOf(row),
  domid: -1,
  metrics,
  generation_id: '',
  has_vendor_device: false,
});
