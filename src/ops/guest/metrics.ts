// What a guest's agent says, in the VM's guest metrics. Bounded and checked by the driver, since a guest wrote it.

import { isDeepStrictEqual } from 'node:util';
import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { timeText } from '../refs.ts';

const features = {
  'feature-shutdown': '1',
  'feature-reboot': '1',
  'feature-suspend': '1',
  'feature-vcpu-hotplug': '1',
  'feature-balloon': '1',
};

/** Asks the agent and writes down its answer, if it says something new. `none`: nobody answered. */
export const refreshGuestMetrics = async (services: Services, ref: Ref<'VM'>): Promise<'none' | 'same' | 'new'> => {
  const vm = services.db.get('VM', ref);
  if (!vm || (vm.power_state !== 'Running' && vm.power_state !== 'Paused')) return 'none';
  const metrics = await services.hypervisor.guestMetrics(vm.uuid);
  if (!metrics) return 'none';
  const [major = '', minor = '', micro = ''] = metrics.agentVersion.split('.');
  const fields = {
    os_version: metrics.osVersion,
    networks: metrics.networks,
    PV_drivers_version: { major, minor, micro, build: '1' },
    PV_drivers_up_to_date: true,
    PV_drivers_detected: true,
    other: features,
    live: true,
    last_updated: timeText(),
  };
  const known = isNullRef(vm.guest_metrics) ? undefined : services.db.get('VM_guest_metrics', vm.guest_metrics);
  if (known && isDeepStrictEqual({ ...known, ...fields, last_updated: known.last_updated }, known)) return 'same';
  await change(services.db, tx => {
    const now = tx.get('VM', ref);
    if (!now || (now.power_state !== 'Running' && now.power_state !== 'Paused')) return;
    if (!isNullRef(now.guest_metrics) && tx.get('VM_guest_metrics', now.guest_metrics)) {
      tx.update('VM_guest_metrics', now.guest_metrics, fields);
      return;
    }
    tx.update('VM', ref, { guest_metrics: tx.insert('VM_guest_metrics', fields) });
  });
  return 'new';
};
