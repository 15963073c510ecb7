// Prints the table of a conformance run and holds it to its bar: what differs has its written reason, no reason is left over.

import { expect } from '@jest/globals';
import type { Tally } from './tally.ts';

/** `bar`: the part of the cases that must come out equal. */
export const holdTo = (tally: Tally, known: ReadonlyMap<string, string>, bar: number): void => {
  process.stderr.write(tally.report(known));
  tally.show(known);
  expect(tally.unexplained(known)).toEqual([]);
  expect(tally.idle(known)).toEqual([]);
  expect(tally.equal / tally.cases).toBeGreaterThanOrEqual(bar);
};
