// What may be done with an appliance: what makes sense for at least one of its VMs.

import type { Reader } from '../../db/db.ts';
import type { EnumValue, RecordOf } from '../../model/index.ts';

export type ApplianceOperation = EnumValue<'vm_appliance_operation'>;

export const applianceOperations = (db: Reader, appliance: RecordOf<'VM_appliance'>): readonly ApplianceOperation[] => {
  const states = appliance.VMs.map(ref => db.get('VM', ref)?.power_state);
  if (states.length === 0) return [];
  const allowed: ApplianceOperation[] = [];
  if (states.some(state => state === 'Halted')) allowed.push('start');
  if (states.some(state => state === 'Running')) allowed.push('clean_shutdown');
  if (states.some(state => state !== undefined && state !== 'Halted')) allowed.push('hard_shutdown', 'shutdown');
  return allowed;
};
