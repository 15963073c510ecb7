// Faults of simulated drivers, as data: which call goes wrong, how often and how.

import { systemClock } from '../lib/clock.ts';
import { DriverError, type DriverErrorKind } from './hypervisor.ts';

export interface FaultRule {
  readonly method: string;
  /** The object's id; if absent, every object. */
  readonly object?: string;
  /** How many calls it strikes; absent: all. */
  readonly count?: number;
  /** Calls let pass before the first. */
  readonly skip?: number;
  /** 0 to 1; absent: always. */
  readonly probability?: number;
  readonly delayMs?: number;
  /** Absent: the call is only late. */
  readonly error?: { readonly kind: DriverErrorKind; readonly message: string };
}

/** Returns what a simulated method calls first: it waits or throws as the rules say. `random` is 0 to 1. */
export const createFaults = (
  rules: readonly FaultRule[],
  random: () => number = Math.random,
): ((method: string, object: string, signal?: AbortSignal) => Promise<void>) => {
  const seen = new Map<FaultRule, number>();
  return async (method, object, signal) => {
    signal?.throwIfAborted();
    for (const rule of rules) {
      if (rule.method !== method || (rule.object !== undefined && rule.object !== object)) continue;
      if (rule.probability !== undefined && random() >= rule.probability) continue;
      const skip = rule.skip ?? 0;
      const calls = (seen.get(rule) ?? 0) + 1;
      seen.set(rule, calls);
      if (calls <= skip || calls > skip + (rule.count ?? Number.POSITIVE_INFINITY)) continue;
      if (rule.delayMs !== undefined) await systemClock.sleep(rule.delayMs, { signal });
      if (rule.error) throw new DriverError(rule.error.kind, rule.error.message);
    }
  };
};
