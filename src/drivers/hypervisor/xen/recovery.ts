// What an earlier process, or a power cut, left of a guest: ended, brought back, or taken up as it is. All of it under the guest's lock.

import { createDomain, destroyDomain } from './domain.ts';
import { XenGuest } from './guest.ts';
import { guestStateOf } from './xl-list.ts';
import { readHandle } from './handle.ts';
import { isGuestId, xenPaths } from './paths.ts';
import type { XenRegistry } from './registry.ts';

/** The guest as this process has it from now on; undefined when there is none, or nothing of it could be kept. */
export const recover = async (registry: XenRegistry, id: string): Promise<XenGuest | undefined> => {
  const { dom0, log } = registry;
  const paths = xenPaths(registry.stateDir, id);
  const handle = await readHandle(dom0, paths);
  if (handle === undefined || handle.spec.id !== id) return undefined;
  const domain = await registry.domainOf(id);
  const guest = new XenGuest(dom0, paths, handle, domain?.domid ?? 0);
  const sweep = async (): Promise<undefined> => {
    await removeTraces(registry, guest);
    return undefined;
  };
  switch (handle.phase) {
    case 'living':
      if (domain === undefined) return sweep();
      break;
    case 'starting':
      if (domain !== undefined) await destroyDomain(registry, domain.domid);
      return sweep();
    case 'restarting':
      log.info('a reboot that was interrupted goes on', { guest: id });
      if (domain !== undefined) await destroyDomain(registry, domain.domid);
      await createDomain(registry, guest, { signal: undefined });
      break;
    case 'suspending':
      // While the domain is there its memory may still be on its way out: what becomes of it is followed.
      if (domain === undefined && !(await takeBackFromSpool(registry, guest))) return sweep();
      break;
    case 'incoming':
      // What brought it ended with the last process, so it never comes.
      if (domain !== undefined) await destroyDomain(registry, domain.domid);
      return sweep();
    case 'sending':
    case 'leaving':
    case 'arrived':
      // Whoever moves it says what becomes of it.
      if (domain === undefined) return sweep();
      return registry.expect(guest);
    default:
      handle.phase satisfies never;
  }
  if (domain !== undefined && domain.shutdown === undefined && handle.phase === 'living') guest.told = guestStateOf(domain);
  await registry.keep(guest);
  return guest;
};

/** A suspension was under way and the domain is gone: its memory is in the spool file and comes back from there, if it is whole. */
export const takeBackFromSpool = async (registry: XenRegistry, guest: XenGuest): Promise<boolean> => {
  registry.log.info('a suspension that was interrupted is taken back', { guest: guest.id });
  try {
    await createDomain(registry, guest, { signal: undefined, memory: guest.paths.spool });
    await registry.dom0.remove(guest.paths.spool);
    return true;
  } catch (error) {
    registry.log.error('the memory of a guest could not be brought back', { guest: guest.id, error });
    return false;
  }
};

/** What is left of one that cannot be read any more and has no domain, as after a power cut. */
export const removeRemains = async (registry: XenRegistry, id: string): Promise<void> => {
  if (!isGuestId(id) || (await registry.findDomid(id)) !== undefined) return;
  await removeTraces(registry, { paths: xenPaths(registry.stateDir, id) });
};

export const removeTraces = async ({ dom0 }: Pick<XenRegistry, 'dom0'>, { paths }: Pick<XenGuest, 'paths'>): Promise<void> => {
  await dom0.remove(paths.sockets);
  await dom0.remove(paths.directory);
};
