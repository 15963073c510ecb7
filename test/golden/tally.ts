// The table of a conformance run: cases, equal, different, per family.

import { writeFileSync } from 'node:fs';

export interface Tally {
  add(family: string, id: string, difference: string | undefined): void;
  /** One line per family, then those that differ without a known reason. */
  report(known: ReadonlyMap<string, string>): string;
  /** Writes what differs without a reason into the file that XCP_GOLDEN_SHOW names. */
  show(known: ReadonlyMap<string, string>): void;
  readonly cases: number;
  readonly equal: number;
  /** Cases that differ and have no written reason, with what differs. */
  unexplained(known: ReadonlyMap<string, string>): readonly string[];
  /** Reasons that no case needs any more. */
  idle(known: ReadonlyMap<string, string>): readonly string[];
}

export const createTally = (): Tally => {
  const families = new Map<string, { cases: number; equal: number }>();
  const different = new Map<string, string>();
  const seen = new Set<string>();
  const sum = (field: 'cases' | 'equal'): number => [...families.values()].reduce((all, family) => all + family[field], 0);
  return {
    add(family, id, difference) {
      const counts = families.get(family) ?? { cases: 0, equal: 0 };
      families.set(family, { cases: counts.cases + 1, equal: counts.equal + (difference === undefined ? 1 : 0) });
      seen.add(id);
      if (difference !== undefined) different.set(id, difference);
    },
    report(known) {
      const row = (...cells: readonly (string | number)[]): string =>
        cells.map((cell, i) => (i === 0 ? String(cell).padEnd(32) : String(cell).padStart(10))).join('');
      const rows = [...families].map(([family, { cases, equal }]) => row(family, cases, equal, cases - equal));
      const [cases, equal] = [sum('cases'), sum('equal')];
      const total = row('all', cases, equal, cases - equal);
      const reasons = [...different.keys()].flatMap(id => (known.has(id) ? [`${id}: ${known.get(id)}`] : []));
      return [row('family', 'cases', 'equal', 'different'), ...rows, total, ...reasons, ''].join('\n');
    },
    show(known) {
      const file = process.env['XCP_GOLDEN_SHOW'];
      if (file !== undefined) writeFileSync(file, `${this.unexplained(known).join('\n\n')}\n`);
    },
    get cases() {
      return sum('cases');
    },
    get equal() {
      return sum('equal');
    },
    unexplained: known => [...different].filter(([id]) => !known.has(id)).map(([id, what]) => `${id}: ${what}`),
    idle: known => [...known.keys()].filter(id => seen.has(id) && !different.has(id)),
  };
};
