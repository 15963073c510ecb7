// VLANs by the hundred through hostd, on real switches, beside one OVSDB transaction written by hand with the same ports in the same run,
// and beside `ovs-vsctl` one by one. Each side has a host and a switch of its own; they take turns.

import { HandSwitch } from './vlans/by-hand.ts';
import { VlanHost } from './vlans/host.ts';
import { makeRack, type Rack, type RackHost } from '../lab/support/rack/rack.ts';
import { ms, type Row } from './table.ts';

export interface VlanFigures {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

const hosts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const bar = { atMost: 1.5 } as const;
const tagsOf = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);
const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
/** It takes minutes: each figure is told as it comes. */
const say = (text: string): void => void process.stderr.write(`  ${text}\n`);
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

const row = (what: string, ours: readonly number[], floor: readonly number[], how = 'by hand'): Row => ({
  what,
  measured: ms(middle(ours)),
  floor: `${ms(middle(floor))} ${how}`,
  ratio: middle(ours) / middle(floor),
  bar,
});

/** Creation, boot with them present and deletion of `count`; ours and by hand in turn. */
const oneHost = async (ours: VlanHost, hand: RackHost, count: number, rounds: number): Promise<readonly Row[]> => {
  const tags = tagsOf(count);
  const times = { made: [] as number[], floorMade: [] as number[], gone: [] as number[], floorGone: [] as number[] };
  const boots = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    let by = await HandSwitch.connect(hand.ovs.rundir);
    times.floorMade.push(await timed(() => by.addVlans('br0', tags)));
    times.made.push(await ours.create(tags));
    say(`${count} made: ${ms(times.made.at(-1) ?? 0)}, by hand ${ms(times.floorMade.at(-1) ?? 0)}`);
    if (round === 0) {
      by.close();
      await hand.ovs.kill('ovs-vswitchd');
      boots.floor.push(
        await timed(async () => {
          await hand.ovs.restart();
          by = await HandSwitch.connect(hand.ovs.rundir);
          await by.idle();
        }),
      );
      boots.ours.push(await ours.boot());
      say(`${count} at a start: ${ms(boots.ours.at(-1) ?? 0)}, the switch alone ${ms(boots.floor.at(-1) ?? 0)}`);
    }
    times.floorGone.push(await timed(() => by.removeVlans('br0')));
    times.gone.push(await ours.destroy(tags));
    say(`${count} removed: ${ms(times.gone.at(-1) ?? 0)}, by hand ${ms(times.floorGone.at(-1) ?? 0)}`);
    by.close();
  }
  return [
    row(`${count} VLANs made`, times.made, times.floorMade),
    row(`${count} VLANs removed`, times.gone, times.floorGone),
    { ...row(`${count} VLANs present: switch and hostd start`, boots.ours, boots.floor, 'the switch alone'), bar: undefined },
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

const sideBySide = async (rack: Rack, count: number): Promise<Row> => {
  const all = hosts.map(name => rack.host(name));
  const tags = tagsOf(count);
  const hands = await Promise.all(all.map(host => HandSwitch.connect(host.ovs.rundir)));
  for (const [i, host] of all.entries()) await hands[i]?.addBridge('br0', host.nics[0] ?? '');
  const floor = await timed(() => Promise.all(hands.map(hand => hand.addVlans('br0', tags))));
  await Promise.all(hands.map(hand => hand.removeVlans('br0')));
  for (const [i, host] of all.entries()) {
    hands[i]?.close();
    await host.ovs.vsctl('del-br', 'br0');
  }
  const ours: VlanHost[] = [];
  try {
    for (const host of all) ours.push(await VlanHost.start(rack.folder, host));
    const made = await timed(() => Promise.all(ours.map(host => host.create(tags))));
    say(`${count} on each of ${all.length}: ${ms(made)}, by hand ${ms(floor)}`);
    return row(`${count} VLANs on each of ${all.length} hosts at once`, [made], [floor]);
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
  {
    await using rack = await makeRack({ hosts, nics: 1 });
    rows.push(await sideBySide(rack, 500));
  }
  return {
    rows,
    notes: ['VLANs: medians of 3 rounds for 500, one round for 1000 and for 2000; user-space datapath, each VLAN with a device of its own'],
  };
};
