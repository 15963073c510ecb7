// VLANs by the hundred through hostd, on real switches, beside one OVSDB transaction written by hand with the same ports in the same run,
// and beside `ovs-vsctl` one by one. Each side has a host and a switch of its own; they take turns.

import { setTimeout as sleep } from 'node:timers/promises';
import { HandSwitch, untilIdle } from './vlans/by-hand.ts';
import { VlanHost } from './vlans/host.ts';
import { makeRack, type RackHost } from '../lab/support/rack/rack.ts';
import { ms, type Row } from './table.ts';

export interface VlanFigures {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const bar = { atMost: 1.5 } as const;
const restMs = 700;
const tagsOf = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);
const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
/** It takes minutes: each figure is told as it comes. */
const say = (text: string): void => void process.stderr.write(`  ${text}\n`);
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

/** The times of one thing: ours, and its floor. */
class Pair {
  readonly #what: string;
  readonly #ours: number[] = [];
  readonly #floor: number[] = [];

  constructor(what: string) {
    this.#what = what;
  }

  add(ours: number, floor: number): void {
    this.#ours.push(ours);
    this.#floor.push(floor);
    say(`${this.#what}: ${ms(ours)}, by hand ${ms(floor)}`);
  }

  row(what: string, how = 'by hand'): Row {
    const [ours, floor] = [middle(this.#ours), middle(this.#floor)];
    return { what, measured: ms(ours), floor: `${ms(floor)} ${how}`, ratio: ours / floor, bar };
  }
}

/** The switch alone comes up on what is stored. */
const bootByHand = async (host: RackHost): Promise<number> => {
  await host.ovs.kill('ovs-vswitchd');
  return await timed(async () => {
    await host.ovs.restart();
    await untilIdle(host);
  });
};

/** One OVSDB transaction, in a connection of its own. */
const byHand = async ({ ovs }: RackHost, work: (by: HandSwitch) => Promise<void>): Promise<number> => {
  const by = await HandSwitch.connect(ovs.rundir);
  try {
    return await timed(() => work(by));
  } finally {
    by.close();
  }
};

/** Creation, boot with them present and deletion of `count`; ours and by hand in turn. */
const oneHost = async (ours: VlanHost, hand: RackHost, count: number, rounds: number): Promise<readonly Row[]> => {
  const tags = tagsOf(count);
  const [made, removed] = [new Pair(`${count} made`), new Pair(`${count} removed`)];
  const [present, found] = [new Pair(`${count} at a start`), new Pair(`${count} at a start, found so`)];
  // What one side does afterwards is not in the other's way.
  const turn = async (pair: Pair, mine: () => Promise<number>, theirs: () => Promise<number>): Promise<void> => {
    await sleep(restMs);
    const tookMs = await mine();
    await sleep(restMs);
    pair.add(tookMs, await theirs());
  };
  for (let round = 0; round < rounds; round += 1) {
    await turn(
      made,
      () => ours.create(tags),
      () => byHand(hand, by => by.addVlans('br0', tags)),
    );
    if (round === 0) {
      await sleep(restMs);
      const { switchMs, foundMs, readyMs } = await ours.boot();
      say(`${count} at a start: hostd answers after ${ms(readyMs)}`);
      await sleep(restMs);
      const alone = await bootByHand(hand);
      present.add(switchMs, alone);
      found.add(foundMs, alone);
    }
    await turn(
      removed,
      () => ours.destroy(tags),
      () => byHand(hand, by => by.removeVlans('br0')),
    );
  }
  return [
    made.row(`${count} VLANs made`),
    present.row(`${count} VLANs after a start: on the switch, hostd starting beside it`, 'the switch alone'),
    found.row(`${count} VLANs after a start: found so by hostd`, 'the switch alone'),
    removed.row(`${count} VLANs removed`),
  ];
};

const sample = 50;

/** What scripts do today. Each costs more than the one before: the figure for all is the least it can be. */
const oneByOne = async (hand: RackHost, count: number, ours: number): Promise<Row> => {
  const tookMs = await timed(async () => {
    for (const tag of tagsOf(sample)) await hand.ovs.vsctl('add-br', `v${tag}`, 'br0', String(tag));
  });
  for (const tag of tagsOf(sample)) await hand.ovs.vsctl('del-br', `v${tag}`);
  const all = (tookMs / sample) * count;
  return {
    what: `${count} VLANs made, beside ovs-vsctl one by one`,
    measured: ms(ours),
    floor: `> ${ms(all)} (${sample} of them: ${ms(tookMs)})`,
    ratio: ours / all,
    bar: undefined,
  };
};

/** By hand on eight switches at once, then by hostd on eight others: the machine is the same for both. */
const sideBySide = async (count: number): Promise<Row> => {
  const tags = tagsOf(count);
  await using rack = await makeRack({ hosts: [...names, ...names.map(name => `${name}x`)], nics: 1 });
  const all = names.map(name => rack.host(name));
  const hands = await Promise.all(all.map(host => HandSwitch.connect(host.ovs.rundir)));
  for (const [i, host] of all.entries()) await hands[i]?.addBridge('br0', host.nics[0] ?? '');
  const ours: VlanHost[] = [];
  try {
    for (const name of names) ours.push(await VlanHost.start(rack.folder, rack.host(`${name}x`)));
    await sleep(restMs);
    const floor = await timed(() => Promise.all(hands.map(hand => hand.addVlans('br0', tags))));
    for (const hand of hands) hand.close();
    await sleep(restMs);
    const made = new Pair(`${count} on each of ${names.length} made`);
    made.add(await timed(() => Promise.all(ours.map(host => host.create(tags)))), floor);
    return made.row(`${count} VLANs made on each of ${names.length} hosts at once`);
  } finally {
    for (const host of ours) await host[Symbol.asyncDispose]();
  }
};

export const vlans = async (): Promise<VlanFigures> => {
  const rows: Row[] = [];
  {
    await using rack = await makeRack({ hosts: ['a', 'b'], nics: 1 });
    await using ours = await VlanHost.start(rack.folder, rack.host('a'));
    const hand = rack.host('b');
    const first = await HandSwitch.connect(hand.ovs.rundir);
    await first.addBridge('br0', 'eth0');
    first.close();
    for (const [count, rounds] of [
      [500, 3],
      [1000, 1],
      [2000, 1],
    ] as const)
      rows.push(...(await oneHost(ours, hand, count, rounds)));
    rows.push(await oneByOne(hand, 500, Number.parseFloat(rows[0]?.measured ?? '')));
  }
  rows.push(await sideBySide(500));
  return {
    rows,
    notes: ['VLANs: medians of 3 rounds for 500, one round for 1000 and for 2000; user-space datapath, each VLAN with a device of its own'],
  };
};
