// `domains`: what Xen runs on this host beside the control domain, as JSON: the pool's VMs, and what somebody made by hand, which is no VM, and which
// nothing here touches. The XenAPI has no record for it, so it is a plugin that any client may call; documented in docs/xen.md.

import type { HostDomain } from '../../drivers/hypervisor.ts';
import type { JsonObject } from '../../lib/json.ts';
import { XenError } from '../../model/error.ts';
import type { Call } from '../context.ts';

const domainJson = (domain: HostDomain, vm: string | null): JsonObject => ({
  domid: domain.domid,
  uuid: domain.uuid,
  name: domain.name,
  state: domain.state,
  vcpus: domain.vcpus,
  memory_bytes: domain.memoryBytes,
  cpu_seconds: domain.cpuSeconds,
  vm,
});

export const listDomains = async ({ services: { db, hypervisor } }: Call): Promise<string> => {
  if (hypervisor.listDomains === undefined)
    throw new XenError('OPERATION_NOT_ALLOWED', [
      'This host runs its guests on QEMU, with no Xen below it: they are its processes, and no domains',
    ]);
  const nameOf = ({ uuid, name, isGuest }: HostDomain): string | null => {
    if (!isGuest) return null;
    // One that is on its way here has its record a moment later.
    const ref = db.byUuid('VM', uuid);
    return ref === undefined ? name : db.need('VM', ref).name_label;
  };
  return JSON.stringify((await hypervisor.listDomains()).map(domain => domainJson(domain, nameOf(domain))));
};
