// Wishes carried out on the switch: devices of guests first, then one transaction for all, then the rules of what is locked, and the devices
// that nobody needs any more.

import { DriverError } from '../../hypervisor.ts';
import type { Settled } from '../gather.ts';
import type { Wish } from './changes.ts';
import { commit, type Failures } from './commit.ts';
import type { Connection } from './connection.ts';
import { guardedPorts, isGuarded } from './guard/layout.ts';
import type { RuleKeeper } from './guard/rule-keeper.ts';
import { makeTaps, removeTaps, type Tap, tapName } from './tap.ts';

export interface Workshop {
  readonly connection: Connection;
  /** Marks what belongs to this xcp host. */
  readonly tag: string;
  readonly rules: RuleKeeper;
}

/** Devices first, then one transaction, then the devices nobody needs any more. */
export const carryOut = async (workshop: Workshop, wishes: readonly Wish[]): Promise<readonly Settled<Failures>[]> => {
  const { connection, tag } = workshop;
  const taps = wishes.flatMap((wish): Tap[] =>
    wish.kind === 'port' ? [{ ifname: wish.ifname, vifId: wish.port.id, mtu: wish.port.mtu }] : [],
  );
  const tapFailures = await makeTaps(tag, taps);
  const settled = new Map<Wish, Settled<Failures>>();
  for (const wish of wishes) {
    const error = wish.kind === 'port' ? tapFailures.get(wish.ifname) : undefined;
    if (error) settled.set(wish, { ok: false, error });
  }
  const possible = wishes.filter(wish => !settled.has(wish));
  for (const [i, result] of (await commit(connection, possible)).entries()) {
    const wish = possible[i];
    if (wish) settled.set(wish, result);
  }
  await cleanUp(tag, wishes, settled);
  await enforce(workshop, settled);
  const lost: Settled<Failures> = { ok: false, error: new DriverError('failed', 'a wish was not answered') };
  return wishes.map(wish => settled.get(wish) ?? lost);
};

/** A lock counts when its rules are on the switch. One whose rules are not stays plugged, and closed to what is new. */
const enforce = async ({ connection: { view }, tag, rules }: Workshop, settled: Map<Wish, Settled<Failures>>): Promise<void> => {
  const counts = ([wish, result]: [Wish, Settled<Failures>]): boolean =>
    result.ok && (wish.kind === 'state' || (wish.kind === 'port' && isGuarded(wish.port)));
  const waiting = [...settled].filter(counts).map(([wish]) => wish);
  if (waiting.length === 0) return;
  try {
    await rules.want(guardedPorts(view, tag));
  } catch (error) {
    for (const wish of waiting) if (wish.kind === 'port') settled.set(wish, { ok: false, error });
  }
};

/** Removes the taps of ports that are gone, and of those that did not come to be. */
const cleanUp = async (tag: string, wishes: readonly Wish[], settled: ReadonlyMap<Wish, Settled<Failures>>): Promise<void> => {
  const useless = new Set<string>();
  for (const wish of wishes) {
    if (wish.kind === 'no-port') useless.add(tapName(tag, wish.vifId));
    if (wish.kind !== 'port') continue;
    if (settled.get(wish)?.ok) useless.delete(wish.ifname);
    else useless.add(wish.ifname);
  }
  await removeTaps([...useless]);
};
