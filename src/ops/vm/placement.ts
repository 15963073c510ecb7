// Whether a VM can run on a host: the host takes guests, its memory suffices, every SR and network of the VM is there.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { OpsOf, Services } from '../context.ts';
import { XenError } from '../../model/error.ts';
import { incompatibility, processorsOf } from '../host/cpu-features.ts';
import { schedulingHere } from './scheduling.ts';
import { draftOf } from './spec.ts';

/** Throws for a host that is not this one, or takes no guests now. */
export const assertHostServes = (services: Services, host: Ref<'host'>): void => {
  const record = services.db.need('host', host);
  if (host !== services.self.host) throw new XenError('HOST_OFFLINE', [host]);
  if (!record.enabled) throw new XenError('HOST_DISABLED', [host]);
};

/** The first SR of a VM's disks that is not attached to `host`. */
export const missingSr = (db: Reader, vm: Ref<'VM'>, host: Ref<'host'>): Ref<'SR'> | undefined => {
  for (const ref of db.need('VM', vm).VBDs) {
    const vbd = db.need('VBD', ref);
    if (vbd.empty || isNullRef(vbd.VDI)) continue;
    const { SR } = db.need('VDI', vbd.VDI);
    const attached = db.get('SR', SR)?.PBDs.some(pbd => {
      const record = db.need('PBD', pbd);
      return record.host === host && record.currently_attached;
    });
    if (attached !== true) return SR;
  }
  return undefined;
};

/** Throws VM_INCOMPATIBLE_WITH_THIS_HOST when memory that is kept was running with more than the host's processors have. */
const assertTakesMemory = async ({ db, hypervisor }: Services, ref: Ref<'VM'>, host: Ref<'host'>): Promise<void> => {
  const vm = db.need('VM', ref);
  if (vm.power_state !== 'Suspended') return;
  const found = incompatibility(vm, processorsOf(db.need('host', host).name_label, (await hypervisor.probe()).cpu));
  if (found !== undefined) throw new XenError('VM_INCOMPATIBLE_WITH_THIS_HOST', [ref, host, found.reason]);
};

/**
 * Throws the first reason why the VM cannot start on the host: HOST_DISABLED, VM_REQUIRES_SR, HOST_NOT_ENOUGH_FREE_MEMORY,
 * VM_INCOMPATIBLE_WITH_THIS_HOST, INVALID_VALUE [kernel, or CPUs that are none for guests]. `force` leaves the memory and the features of processors to the
 * hypervisor.
 */
export const assertCanBootHere = async (
  services: Services,
  vm: Ref<'VM'>,
  host: Ref<'host'>,
  options: { readonly force: boolean },
): Promise<void> => {
  assertHostServes(services, host);
  const { db } = services;
  const draft = draftOf(db, db.need('VM', vm));
  const sr = missingSr(db, vm, host);
  if (sr !== undefined) throw new XenError('VM_REQUIRES_SR', [vm, sr]);
  if (services.hypervisor.setScheduling !== undefined) schedulingHere(db, host, db.need('VM', vm));
  if (options.force) return;
  await assertTakesMemory(services, vm, host);
  const info = await services.hypervisor.probe();
  if (draft.memoryTargetBytes > info.memoryFreeBytes) {
    throw new XenError('HOST_NOT_ENOUGH_FREE_MEMORY', [String(draft.memoryTargetBytes), String(info.memoryFreeBytes)]);
  }
};

export const placementOps: OpsOf<'VM'> = {
  assert_can_boot_here: async (call, { self, host }) => {
    call.services.db.need('VM', self);
    await assertCanBootHere(call.services, self, host, { force: false });
  },
  get_possible_hosts: async (call, { vm }) => {
    const { services } = call;
    services.db.need('VM', vm);
    try {
      await assertCanBootHere(services, vm, services.self.host, { force: false });
      return [services.self.host];
    } catch (error) {
      if (error instanceof XenError) return [];
      throw error;
    }
  },
  assert_agile: async (call, { self }) => {
    const { db } = call.services;
    for (const ref of db.need('VM', self).VBDs) {
      const vbd = db.need('VBD', ref);
      if (vbd.empty || isNullRef(vbd.VDI)) continue;
      const { SR } = db.need('VDI', vbd.VDI);
      if (!db.need('SR', SR).shared) throw new XenError('HA_CONSTRAINT_VIOLATION_SR_NOT_SHARED', [SR]);
    }
  },
};
