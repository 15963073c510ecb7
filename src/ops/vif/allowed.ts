// What may be done with a VIF: from its own state and its VM's.

import type { Reader } from '../../db/db.ts';
import type { EnumValue, RecordOf } from '../../model/index.ts';

export type VifOperation = EnumValue<'vif_operations'>;

export const vifOperations = (db: Reader, vif: RecordOf<'VIF'>): readonly VifOperation[] => {
  if (Object.keys(vif.current_operations).length > 0) return [];
  const running = db.get('VM', vif.VM)?.power_state === 'Running';
  return vif.currently_attached && running ? ['attach', 'unplug'] : ['attach'];
};
