// What may be done with a VBD: from its own state and its VM's.

import type { Reader } from '../../db/db.ts';
import type { EnumValue, RecordOf } from '../../model/index.ts';

export type VbdOperation = EnumValue<'vbd_operations'>;

export const vbdOperations = (db: Reader, vbd: RecordOf<'VBD'>): readonly VbdOperation[] => {
  if (Object.keys(vbd.current_operations).length > 0) return [];
  const running = db.get('VM', vbd.VM)?.power_state === 'Running';
  const allowed: VbdOperation[] = ['attach'];
  const live = vbd.currently_attached && running;
  if (vbd.type === 'CD') {
    if (live && !vbd.empty) allowed.push('unpause', 'pause');
    allowed.push(vbd.empty ? 'insert' : 'eject');
    return allowed;
  }
  if (live) allowed.push('unpause');
  if (live && vbd.unpluggable) allowed.push('unplug', 'unplug_force');
  if (live) allowed.push('pause');
  return allowed;
};
