// All that Xen runs beside the control domain, also what others made by hand: to be shown, never to be touched.

import type { HostDomain } from '../../hypervisor.ts';
import type { XenRegistry } from './registry.ts';
import { type Domain, guestStateOf } from './xl-list.ts';

const stateOf = (domain: Domain): HostDomain['state'] => {
  if (domain.isDying) return 'ending';
  if (guestStateOf(domain) === 'crashed') return 'crashed';
  if (domain.shutdown !== undefined) return 'shut down';
  return domain.isPaused ? 'paused' : 'running';
};

export const hostDomains = async (registry: XenRegistry): Promise<readonly HostDomain[]> => {
  const guests = new Set((await registry.all()).map(({ id }) => id));
  return (await registry.listDomains()).map(domain => ({
    domid: domain.domid,
    uuid: domain.uuid,
    name: domain.name,
    state: stateOf(domain),
    vcpus: domain.vcpus,
    memoryBytes: domain.memoryBytes,
    cpuSeconds: domain.cpuSeconds,
    isGuest: guests.has(domain.uuid),
  }));
};
