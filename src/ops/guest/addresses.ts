// The addresses of a guest after its agent has come: a lease or a router's advertisement comes later, and no agent tells of it. So the agent is
// asked again, soon at first, then once a minute, until it has not answered for long. One look at a time for each guest.

import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../../lib/retry.ts';
import type { Services } from '../context.ts';
import { refreshGuestMetrics } from './metrics.ts';

/** A guest that boots, or is busy, may not answer in time. */
const maxMisses = 8;
const waits = { firstMs: 1_000, maxMs: 60_000, factor: 2, jitter: 0.2 };

export interface AddressLooks {
  /** The agent of the VM with this uuid is there, or is there again. */
  begin(vmUuid: string): void;
  stop(): void;
}

export const followAddresses = (services: Services): AddressLooks => {
  const ends = new Map<string, AbortController>();
  const follow = async (vmUuid: string, signal: AbortSignal): Promise<void> => {
    for (let looks = 1, misses = 0; misses < maxMisses; looks += 1) {
      // A look that is due later holds up nobody's end.
      await delay(backoffMs(waits, looks, Math.random()), undefined, { signal, ref: false });
      const ref = services.db.byUuid('VM', vmUuid);
      if (ref === undefined || services.db.get('VM', ref)?.power_state === 'Halted') return;
      misses = (await refreshGuestMetrics(services, ref)) ? 0 : misses + 1;
    }
  };
  return {
    begin: vmUuid => {
      ends.get(vmUuid)?.abort();
      const end = new AbortController();
      ends.set(vmUuid, end);
      follow(vmUuid, end.signal)
        .catch(error => {
          if (!end.signal.aborted) services.log.warn("a guest's addresses could not be asked for", { vm: vmUuid, error });
        })
        .finally(() => {
          if (ends.get(vmUuid) === end) ends.delete(vmUuid);
        });
    },
    stop: () => {
      for (const end of ends.values()) end.abort();
      ends.clear();
    },
  };
};
