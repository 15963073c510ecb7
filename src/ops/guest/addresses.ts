// What guests' agents say, kept up to date: a lease or a router's advertisement comes later than the agent, and not every hypervisor tells of it. Where
// none does, each is asked again, soon after something was new, then less and less often, until it has not answered for long. One look at a time for
// each guest, and never two within a bound, whatever the guest does with its end of the line.

import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../../lib/retry.ts';
import type { Services } from '../context.ts';
import { refreshGuestMetrics } from './metrics.ts';

/** A guest that boots, or is busy, may not answer in time. */
const maxMisses = 8;
const waits = { firstMs: 1_000, maxMs: 60_000, factor: 2, jitter: 0.2 };
const minGapMs = 1_000;
/** Of a timer. */
const longestMs = 2 ** 31 - 1;

export interface AddressLooks {
  /** The agent of the VM with this uuid may be there, or may be there again. */
  begin(vmUuid: string): void;
  /** The guest is gone. */
  end(vmUuid: string): void;
  stop(): void;
}

/** The looks at one guest. */
class Follow {
  readonly #services: Services;
  readonly #vmUuid: string;
  readonly #end = new AbortController();
  #waking = new AbortController();
  /** Since something was new. */
  #looks = 0;
  #misses = 0;
  /** It has answered, and will be heard of when it says something else. */
  #rests = false;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(services: Services, vmUuid: string) {
    this.#services = services;
    this.#vmUuid = vmUuid;
  }

  /** Looks at once, if the last look is not of just now. */
  wake(): void {
    this.#looks = 0;
    this.#misses = 0;
    this.#rests = false;
    this.#waking.abort();
  }

  end(): void {
    this.#end.abort();
  }

  /** Resolves when there is nobody to ask any more. */
  async run(): Promise<void> {
    const { db, hypervisor } = this.#services;
    while (this.#misses < maxMisses) {
      await this.#wait();
      if (this.#end.signal.aborted) return;
      const ref = db.byUuid('VM', this.#vmUuid);
      if (ref === undefined) return;
      this.#lookedAt = performance.now();
      this.#looks += 1;
      this.#rests = hypervisor.tellsMetrics === true;
      const answer = await refreshGuestMetrics(this.#services, ref);
      if (answer === 'new') this.#looks = 1;
      this.#misses = answer === 'none' ? this.#misses + 1 : 0;
      if (answer === 'none') this.#rests = false;
    }
  }

  async #wait(): Promise<void> {
    for (;;) {
      const pauseMs = this.#looks === 0 ? 0 : backoffMs(waits, this.#looks, Math.random());
      const untilMs = this.#rests ? longestMs : this.#lookedAt + Math.max(minGapMs, pauseMs) - performance.now();
      if (untilMs <= 0 || this.#end.signal.aborted) return;
      this.#waking = new AbortController();
      const signal = AbortSignal.any([this.#end.signal, this.#waking.signal]);
      // A look that is due later holds up nobody's end.
      const slept = await delay(untilMs, true, { signal, ref: false }).catch(() => false); // woken, or ended
      if (slept) return;
    }
  }
}

export const followAddresses = (services: Services): AddressLooks => {
  const follows = new Map<string, Follow>();
  return {
    begin: vmUuid => {
      const known = follows.get(vmUuid);
      if (known) return known.wake();
      const follow = new Follow(services, vmUuid);
      follows.set(vmUuid, follow);
      follow
        .run()
        .catch((error: unknown) => services.log.warn("a guest's addresses could not be asked for", { vm: vmUuid, error }))
        .finally(() => {
          if (follows.get(vmUuid) === follow) follows.delete(vmUuid);
        });
    },
    end: vmUuid => {
      follows.get(vmUuid)?.end();
      follows.delete(vmUuid);
    },
    stop: () => {
      for (const follow of follows.values()) follow.end();
      follows.clear();
    },
  };
};
