// What may be done with an SR: what its driver can do and whether it is in use.

import type { Reader } from '../../db/db.ts';
import type { EnumValue, RecordOf } from '../../model/index.ts';
import { featuresOfType } from './features.ts';

export type SrOperation = EnumValue<'storage_operations'>;

const listed: readonly SrOperation[] = [
  'vdi_enable_cbt',
  'vdi_list_changed_blocks',
  'destroy',
  'unplug',
  'plug',
  'pbd_create',
  'vdi_disable_cbt',
  'update',
  'pbd_destroy',
  'vdi_resize',
  'forget',
  'vdi_clone',
  'vdi_data_destroy',
  'scan',
  'vdi_snapshot',
  'vdi_mirror',
  'vdi_create',
  'vdi_destroy',
  'vdi_set_on_boot',
];

const needs: { readonly [Op in SrOperation]?: string } = {
  vdi_enable_cbt: 'VDI_CONFIG_CBT',
  vdi_disable_cbt: 'VDI_CONFIG_CBT',
  vdi_data_destroy: 'VDI_CONFIG_CBT',
  vdi_list_changed_blocks: 'VDI_CONFIG_CBT',
  update: 'SR_UPDATE',
  vdi_resize: 'VDI_RESIZE',
  vdi_snapshot: 'VDI_SNAPSHOT',
  vdi_mirror: 'VDI_MIRROR',
  vdi_create: 'VDI_CREATE',
  vdi_destroy: 'VDI_DELETE',
  vdi_set_on_boot: 'VDI_RESET_ON_BOOT',
};

export const srOperations = (db: Reader, sr: RecordOf<'SR'>): readonly SrOperation[] => {
  if (Object.keys(sr.current_operations).some(key => sr.current_operations[key] === 'destroy')) return [];
  const features = featuresOfType(db, sr.type);
  const attached = sr.PBDs.some(ref => db.get('PBD', ref)?.currently_attached === true);
  return listed.filter(op => {
    const feature = needs[op];
    if (feature !== undefined && !features.has(feature)) return false;
    return op === 'forget' || op === 'destroy' ? !attached : true;
  });
};
