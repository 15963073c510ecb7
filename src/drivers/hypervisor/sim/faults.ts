// Faults as data: which call shall fail or be slow, for whom, how often. Applied before a call does anything.

import type { Clock } from '../../../lib/clock.ts';
import { DriverError, type DriverErrorKind } from '../../hypervisor.ts';

export interface FaultRule {
  /** Name of the driver's method; those of `migration` as `migration.receive`. `*` is every method. */
  readonly method: string;
  /** Only for this guest; absent: for all. */
  readonly guest?: string;
  /** How many calls it hits; absent: all. */
  readonly count?: number;
  /** 0 to 1; absent: always. */
  readonly probability?: number;
  readonly delayMs?: number;
  readonly error?: { readonly kind: DriverErrorKind; readonly message: string };
}

export interface Faults {
  /** Adds a rule; the returned function takes it away. */
  inject(rule: FaultRule): () => void;
  /** Delays or rejects as the first rule that fits says. */
  pass(method: string, guest: string, signal?: AbortSignal): Promise<void>;
}

export const createFaults = (options: { readonly clock: Clock; readonly random: () => number }): Faults => {
  const rules = new Map<symbol, { readonly rule: FaultRule; left: number }>();

  const fits = ({ rule, left }: { readonly rule: FaultRule; readonly left: number }, method: string, guest: string): boolean =>
    left > 0 &&
    (rule.method === '*' || rule.method === method) &&
    (rule.guest === undefined || rule.guest === guest) &&
    (rule.probability === undefined || options.random() < rule.probability);

  return {
    inject(rule) {
      const key = Symbol(rule.method);
      rules.set(key, { rule, left: rule.count ?? Number.POSITIVE_INFINITY });
      return () => void rules.delete(key);
    },
    async pass(method, guest, signal) {
      signal?.throwIfAborted();
      const hit = [...rules.values()].find(each => fits(each, method, guest));
      if (hit === undefined) return;
      hit.left -= 1;
      const { delayMs, error } = hit.rule;
      if (delayMs !== undefined) await options.clock.sleep(delayMs, { signal });
      if (error !== undefined) throw new DriverError(error.kind, error.message);
    },
  };
};
