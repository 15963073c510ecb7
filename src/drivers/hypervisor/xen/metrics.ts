// What a guest wrote about itself in xenstore, read within bounds: so many nodes, so deep, so long, whatever it wrote; and heard of when it changes.

import { systemClock } from '../../../lib/clock.ts';
import { messageOf } from '../../errno.ts';
import type { GuestMetrics } from '../../hypervisor.ts';
import { cardNumber } from './hotplug.ts';
import type { XenGuest } from './guest.ts';
import { GUEST_LIMITS, guestMetricsOf, OS_PATHS } from './guest-text.ts';
import type { XenRegistry } from './registry.ts';
import type { Xenstore } from './xenstore.ts';

/** Only what has such names is looked for below `attr`; the rest of it may be anything. */
const NAME = /^[\w-]{1,32}$/;

const INTERVAL_MS = 2_000;

/** Breadth first, so that what lies deep cannot hide what lies near. */
export const readGuestTree = async (store: Xenstore, base: string, top: string): Promise<Map<string, Uint8Array>> => {
  const nodes = new Map<string, Uint8Array>();
  let level = [top];
  for (let depth = 0; depth < GUEST_LIMITS.depth && level.length > 0; depth++) {
    const next: string[] = [];
    for (const path of level) {
      const names = (await store.list(`${base}/${path}`, GUEST_LIMITS.children)).filter(name => NAME.test(name));
      for (const name of names) {
        if (nodes.size >= GUEST_LIMITS.nodes) return nodes;
        const child = `${path}/${name}`;
        nodes.set(child, (await store.read(`${base}/${child}`))?.slice(0, GUEST_LIMITS.valueBytes) ?? new Uint8Array(0));
        next.push(child);
      }
    }
    level = next;
  }
  return nodes;
};

export const readMetrics = async (store: Xenstore, guest: XenGuest): Promise<GuestMetrics | undefined> => {
  const base = `/local/domain/${guest.domid}`;
  const nodes = await readGuestTree(store, base, 'attr');
  for (const path of OS_PATHS) {
    const value = await store.read(`${base}/${path}`);
    if (value !== undefined) nodes.set(path, value);
  }
  const cards = new Map<number, string>();
  for (const nic of guest.handle.spec.nics) {
    const number = await cardNumber(store, guest.domid, nic.mac);
    if (number !== undefined) cards.set(number, nic.device);
  }
  return guestMetricsOf(nodes, cards);
};

/** Tells of changes until the signal, also across the loss of a connection. */
export const followMetrics = async (registry: XenRegistry, guest: XenGuest, signal: AbortSignal): Promise<void> => {
  const paths = [`/local/domain/${guest.domid}/attr`, `/local/domain/${guest.domid}/data`];
  const changed = (): void => registry.tell({ kind: 'metrics', id: guest.id });
  while (!signal.aborted && !registry.isClosed) {
    try {
      await registry.store.watchCalmly(paths, INTERVAL_MS, changed, signal);
    } catch (error) {
      if (!signal.aborted && !registry.isClosed)
        registry.log.warn('what a guest says of itself is not heard for now', { guest: guest.id, error: messageOf(error) });
    }
    await systemClock.sleep(INTERVAL_MS, { signal }).catch(() => undefined); // the loop looks at the signal
  }
};
