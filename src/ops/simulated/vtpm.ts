// Virtual TPMs of VMs.

import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';

const MAX_PER_VM = 1;

const assertHalted = (vm: string, powerState: string): void => {
  if (powerState !== 'Halted') throw new XenError('VM_BAD_POWER_STATE', [vm, 'halted', powerState.toLowerCase()]);
};

export const vtpmOps: OpsOf<'VTPM'> = {
  create: (call, { vM, is_unique }) =>
    change(call.services.db, tx => {
      const vm = tx.need('VM', vM);
      if (vm.VTPMs.length >= MAX_PER_VM) throw new XenError('VTPM_MAX_AMOUNT_REACHED', [String(MAX_PER_VM)]);
      assertHalted(vM, vm.power_state);
      return tx.insert('VTPM', { VM: vM, is_unique, allowed_operations: ['destroy'] });
    }),
  destroy: (call, { self }) =>
    change(call.services.db, tx => {
      const { VM } = tx.need('VTPM', self);
      assertHalted(VM, tx.need('VM', VM).power_state);
      tx.delete('VTPM', self);
    }),
};
