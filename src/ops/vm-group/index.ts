// The messages of the class VM_group.

import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';

export const vmGroupOps: OpsOf<'VM_group'> = {
  /** Its VMs stay, in the groups that are left. */
  destroy: (call, { self }) =>
    change(call.services.db, tx => {
      for (const vm of tx.need('VM_group', self).VMs) {
        tx.update('VM', vm, { groups: tx.need('VM', vm).groups.filter(group => group !== self) });
      }
      tx.delete('VM_group', self);
    }),
};
