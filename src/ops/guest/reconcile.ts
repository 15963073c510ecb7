// Brings a VM's records and devices in line with what the hypervisor says of its guest. Always under the VM's lock, so never in the
// middle of an operation; idempotent, so it serves events, starts after a crash, and doubt alike.

import type { Ref } from '../../lib/brand.ts';
import type { GuestStatus } from '../../drivers/hypervisor.ts';
import type { RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { factsOf, recordStarted } from '../vm/running.ts';
import { releaseVm } from '../vm/release.ts';

export type Verdict = 'same' | 'updated' | 'halted';

const isLive = (vm: RecordOf<'VM'>): boolean => vm.power_state === 'Running' || vm.power_state === 'Paused';

/** The guest exists, but the database does not know it runs: what was interrupted had not been promised to anyone. */
const unexpected = async (services: Services, ref: Ref<'VM'>, vm: RecordOf<'VM'>): Promise<Verdict> => {
  services.log.warn('a guest runs that should not; it is ended', { vm: vm.uuid, power_state: vm.power_state });
  if (vm.power_state === 'Suspended') {
    await services.hypervisor.destroy(vm.uuid);
    return 'same';
  }
  await releaseVm(services, ref);
  return 'halted';
};

const follow = async (services: Services, ref: Ref<'VM'>, vm: RecordOf<'VM'>, status: GuestStatus): Promise<Verdict> => {
  const facts = factsOf(status);
  const metrics = services.db.get('VM_metrics', vm.metrics);
  if (
    vm.power_state === facts.state &&
    vm.domid === facts.domid &&
    vm.resident_on === services.self.host &&
    metrics?.VCPUs_number === facts.vcpus
  ) {
    return 'same';
  }
  await change(services.db, tx => recordStarted(services, tx, ref, facts));
  return 'updated';
};

/** Under the VM's lock. */
export const reconcileLocked = async (services: Services, ref: Ref<'VM'>): Promise<Verdict> => {
  const vm = services.db.get('VM', ref);
  if (!vm || vm.is_control_domain) return 'same';
  const status = await services.hypervisor.status(vm.uuid);
  if (!status) {
    if (!isLive(vm) || vm.resident_on !== services.self.host) return 'same';
    services.log.info('a guest is gone; its VM is halted now', { vm: vm.uuid });
    await releaseVm(services, ref);
    return 'halted';
  }
  if (status.state === 'incoming' || status.state === 'migrated') return 'same';
  if (!isLive(vm)) return unexpected(services, ref, vm);
  return follow(services, ref, vm, status);
};

export const reconcileVm = (services: Services, ref: Ref<'VM'>): Promise<Verdict> =>
  services.engine.withLocks([ref], () => reconcileLocked(services, ref));

/** Guests without a VM record belong to someone else, or to a migration that is being recovered: told, not touched. */
const reportForeign = (services: Services, guests: readonly GuestStatus[]): void => {
  for (const guest of guests) {
    if (services.db.byUuid('VM', guest.id) === undefined)
      services.log.warn('a guest runs that no VM is known of', { guest: guest.id, state: guest.state });
  }
};

/** Ports of VIFs that are not plugged, unless a plan under way owns them. */
const dropLeftoverPorts = async (services: Services): Promise<void> => {
  for (const id of await services.network.ports()) {
    const ref = services.db.byUuid('VIF', id);
    const vif = ref && services.db.get('VIF', ref);
    if (!vif || vif.currently_attached || services.engine.holder(vif.VM)) continue;
    services.log.info('a port that was left over is removed', { vif: id });
    await services.network.unplug(id);
  }
};

/** At start: every VM that claims to run, every guest that does. VMs that a recovered plan holds are that plan's business. */
export const reconcileAll = async (services: Services): Promise<void> => {
  const guests = await services.hypervisor.list();
  reportForeign(services, guests);
  const running = new Set(guests.map(guest => guest.id));
  for (const [ref, vm] of Array.from(services.db.all('VM'))) {
    if (vm.is_control_domain || !(isLive(vm) || running.has(vm.uuid)) || services.engine.holder(ref)) continue;
    await reconcileVm(services, ref);
  }
  await dropLeftoverPorts(services);
};
