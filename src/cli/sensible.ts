// Numbers that a server takes whatever they are, and that no host can do anything with: people are warned, scripts written for `xe` see
// what they always saw.

import type { Io } from './io.ts';
import type { Printer } from './printer.ts';

export interface Sensible {
  readonly from: number;
  readonly to: number;
  readonly unit: string;
}

/** IPv4 needs 68 bytes; a device of a guest takes no more than 16 bits can count, Ethernet's header with it. */
export const SENSIBLE_MTU: Sensible = { from: 68, to: 65_521, unit: 'bytes' };

export const warnOfNonsense = (
  { io, out }: { readonly io: Io; readonly out: Printer },
  name: string,
  value: number,
  range: Sensible,
): void => {
  if (io.programName === 'xe' || (value >= range.from && value <= range.to)) return;
  const nearest = value < range.from ? range.from : range.to;
  out.warn(`Warning: ${name} ${value} is out of range, ${range.from} to ${range.to} ${range.unit}: hosts use ${nearest}.\n`);
};
