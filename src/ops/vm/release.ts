// A VM whose guest is to be no more: guest destroyed, ports unplugged, disks given back, records halted. Every part is idempotent,
// so it needs no plan: after a crash the reconciler finds a VM that claims to run without a guest and comes here again.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { refreshHostMemory } from '../host/memory.ts';
import { recordStopped } from './running.ts';
import { disksOf } from './spec.ts';

/** A device that cannot be given back must not keep the VM from halting: it is logged, and the next release tries again. */
const tolerating = async (services: Services, what: string, fields: object, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    services.log.warn(`could not ${what} of a halted VM`, { ...fields, error });
  }
};

/** Unplugs the ports and gives back the disks of a VM. */
export const releaseDevices = async (services: Services, ref: Ref<'VM'>): Promise<void> => {
  const vm = services.db.need('VM', ref);
  for (const vifRef of vm.VIFs) {
    const vif = services.db.need('VIF', vifRef);
    await tolerating(services, 'unplug a port', { vif: vif.uuid }, () => services.network.unplug(vif.uuid));
  }
  for (const { volume } of disksOf(services.db, vm)) {
    if (!volume) continue;
    const driver = services.attachedSrs.get(volume.sr);
    if (driver) await tolerating(services, 'close a disk', { vdi: volume.id }, () => driver.detach(volume.id, { owner: vm.uuid }));
  }
};

/** Removes the memory image of a suspended VM, volume and record. Idempotent. */
export const dropSuspendImage = async (services: Services, ref: Ref<'VM'>): Promise<void> => {
  const { suspend_VDI: image } = services.db.need('VM', ref);
  const vdi = isNullRef(image) ? undefined : services.db.get('VDI', image);
  if (!vdi) return;
  const driver = services.attachedSrs.get(services.db.need('SR', vdi.SR).uuid);
  await driver?.destroy(vdi.uuid);
  await change(services.db, tx => {
    if (tx.get('VDI', image)) tx.delete('VDI', image);
  });
};

/** Ends a VM's guest, whatever is left of it, and records it halted. */
export const releaseVm = async (services: Services, ref: Ref<'VM'>): Promise<void> => {
  const vm = services.db.need('VM', ref);
  await services.hypervisor.destroy(vm.uuid);
  await releaseDevices(services, ref);
  await dropSuspendImage(services, ref);
  await change(services.db, tx => recordStopped(tx, ref, 'Halted'));
  await refreshHostMemory(services);
};
