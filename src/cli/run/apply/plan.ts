// What has to be done so that the pool is as the file says, as data: steps in an order in which each finds what it needs, and for each
// what changes. Nothing is done while it is made; what cannot be done is found here, before anything is changed.

import type { Place, Problem } from './document.ts';
import type { Doing } from './perform.ts';
import type { PoolState } from './state.ts';

/** In the order in which they are worked through: what comes later may stand on what came before. */
export const phases = ['network', 'bond', 'VLAN', 'SR', 'VM'] as const;
export type Phase = (typeof phases)[number];

export interface Change {
  readonly field: string;
  /** Left out: there was none. */
  readonly from?: string;
  readonly to: string;
}

export interface Step {
  readonly phase: Phase;
  readonly name: string;
  readonly action: 'create' | 'change';
  readonly changes: readonly Change[];
  readonly run: (doing: Doing) => Promise<void>;
}

/** What the plans of the classes are made with. */
export interface Planning {
  readonly state: PoolState;
  readonly steps: Step[];
  readonly problems: Problem[];
  /** Things that are as declared. */
  unchanged: number;
  /** Names of networks and SRs that will be there when the plan is done. */
  readonly coming: { readonly network: Set<string>; readonly SR: Set<string> };
}

export const wrong = (planning: Planning, place: Place, message: string): void => {
  planning.problems.push({ place, message });
};

/** A part of a change: what is told, and what is done. Empty `changes`: nothing to do. */
export interface Part {
  readonly changes: readonly Change[];
  readonly run: (doing: Doing, ref: string) => Promise<void>;
}

/** A step out of parts, or a thing that is as declared. */
export const addChanges = (
  planning: Planning,
  target: { readonly phase: Phase; readonly name: string; readonly ref: string },
  parts: readonly Part[],
): void => {
  const due = parts.filter(part => part.changes.length > 0);
  if (due.length === 0) {
    planning.unchanged += 1;
    return;
  }
  const { phase, name, ref } = target;
  const run = async (doing: Doing): Promise<void> => {
    for (const part of due) await part.run(doing, ref);
  };
  planning.steps.push({ phase, name, action: 'change', changes: due.flatMap(part => part.changes), run });
};

/** A text or number that is set by one message. */
export const setting = (
  field: string,
  values: { readonly from: string | number | boolean | undefined; readonly to: string | number | boolean | undefined },
  message: string,
): Part => ({
  changes: values.to === undefined || values.to === values.from ? [] : [change(field, values.from, values.to)],
  run: async ({ session }, ref) => {
    await session.raw(message, [ref, values.to]);
  },
});

export const change = (field: string, from: string | number | boolean | undefined, to: string | number | boolean): Change => ({
  field,
  ...(from === undefined || from === '' ? {} : { from: String(from) }),
  to: String(to),
});

/** A set that is exactly as declared. */
export const wholeSet = (field: string, from: readonly string[] | undefined, to: readonly string[] | undefined, message: string): Part => {
  const same = to === undefined || (from !== undefined && sameMembers(from, to));
  return {
    changes: same ? [] : [change(field, (from ?? []).toSorted().join(', '), to.toSorted().join(', '))],
    run: async ({ session }, ref) => {
      await session.raw(message, [ref, to]);
    },
  };
};

export const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && new Set([...a, ...b]).size === new Set(a).size;

/** Keys of a map; those that are not declared stay. `field` is that of the API. */
export const someKeys = (
  label: string,
  from: Readonly<Record<string, string>>,
  to: Readonly<Record<string, string>> | undefined,
  place: { readonly cls: string; readonly field: string },
): Part => {
  const due = Object.entries(to ?? {}).filter(([key, value]) => from[key] !== value);
  return {
    changes: due.map(([key, value]) => change(`${label}:${key}`, from[key], shown(key, value))),
    run: async ({ session }, ref) => {
      for (const [key, value] of due) {
        if (from[key] !== undefined) await session.raw(`${place.cls}.remove_from_${place.field}`, [ref, key]);
        await session.raw(`${place.cls}.add_to_${place.field}`, [ref, key, value]);
      }
    },
  };
};

const SECRET = /password|secret|chap|credential|private/i;

/** Secrets are not shown. */
export const shown = (key: string, value: string): string => (SECRET.test(key) ? '(hidden)' : value);
