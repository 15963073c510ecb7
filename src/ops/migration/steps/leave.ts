// After the commit: what is left of the VM here goes. First the guest, which must never run again, then its ports, disks and records.
// Each is repeated until it succeeds, so each bears it.

import { isNullRef, type Ref } from '../../../lib/brand.ts';
import type { Tx } from '../../../db/db.ts';
import type { StepKind } from '../../../engine/types.ts';
import { change } from '../../change.ts';
import { asRef } from '../../refs.ts';
import { srDriver } from '../../steps/volumes.ts';
import { stepKind, type StepParts } from './kinds.ts';

export const leaveKinds = ({ services }: StepParts): readonly StepKind[] => [
  stepKind('leaveGuest', {
    async run(_context, { guest, ports }) {
      await services.hypervisor.destroy(guest);
      for (const port of ports) await services.network.unplug(port);
      return null;
    },
  }),
  stepKind('leaveDisks', {
    async run(_context, { guest, disks, media }) {
      for (const { sr, volume } of [...disks, ...media]) await srDriver(services, sr).detach(volume, { owner: guest });
      for (const { sr, volume } of disks) await srDriver(services, sr).destroy(volume);
      return null;
    },
  }),
  stepKind('leaveRecords', {
    async run(_context, { vms, vdis }) {
      await change(services.db, tx => {
        for (const vm of vms) deleteVm(tx, asRef<'VM'>(vm));
        for (const vdi of vdis) if (tx.get('VDI', asRef<'VDI'>(vdi))) tx.delete('VDI', asRef<'VDI'>(vdi));
      });
      return null;
    },
  }),
];

/** With all that only it has. */
function deleteVm(tx: Tx, ref: Ref<'VM'>): void {
  const vm = tx.get('VM', ref);
  if (vm === undefined) return;
  for (const vbd of vm.VBDs) tx.delete('VBD', vbd);
  for (const vif of vm.VIFs) tx.delete('VIF', vif);
  for (const console of vm.consoles) tx.delete('console', console);
  if (!isNullRef(vm.metrics) && tx.get('VM_metrics', vm.metrics)) tx.delete('VM_metrics', vm.metrics);
  if (!isNullRef(vm.guest_metrics) && tx.get('VM_guest_metrics', vm.guest_metrics)) tx.delete('VM_guest_metrics', vm.guest_metrics);
  tx.delete('VM', ref);
}
