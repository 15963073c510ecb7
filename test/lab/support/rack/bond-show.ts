// What `xcp bond-show` tells, as data.

import type { Racked } from './hosts.ts';
import { until } from './wait.ts';

export interface ShownMember {
  readonly device: string;
  readonly carrier: boolean;
  readonly enabled: boolean;
  readonly active: boolean;
  readonly lacp?: string;
}

export interface ShownBond {
  readonly uuid: string;
  readonly mode: string;
  readonly lacp: 'off' | 'negotiated' | 'configured';
  readonly fallback: boolean;
  readonly 'links-up': number;
  readonly members: readonly ShownMember[];
  readonly advice: readonly string[];
}

export const showBond = async (host: Racked): Promise<ShownBond> => {
  const [bond] = JSON.parse(await host.xcp('bond-show', '-o', 'json')) as readonly ShownBond[];
  if (bond === undefined) throw new Error('the host has no bond');
  return bond;
};

/** Resolves with the bond as it is when it is so. */
export const untilBond = async (host: Racked, what: string, isSo: (bond: ShownBond) => boolean, timeoutMs = 30_000): Promise<ShownBond> => {
  let bond: ShownBond | undefined;
  await until(
    what,
    async () => {
      bond = await showBond(host);
      return { done: isSo(bond), seen: JSON.stringify(bond, undefined, 1) };
    },
    { timeoutMs, everyMs: 100 },
  );
  if (bond === undefined) throw new Error('it was seen');
  return bond;
};

export const allUsed = ({ members, advice }: ShownBond): boolean => members.every(({ enabled }) => enabled) && advice.length === 0;
