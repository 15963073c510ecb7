// What is wrong with a bond, said in words: out of what a real switch printed in each case, and of states made up where no switch was.

import { expect, test } from '@jest/globals';
import { explainBond } from '../../../src/drivers/network/explain-bond.ts';
import { bondOf } from '../../../src/drivers/network/ovs/bond-status.ts';
import type { BondMemberStatus, BondStatus, LinkStatus } from '../../../src/drivers/network/status.ts';
import { recorded, up, uplink } from './bond-texts.ts';

const said = (name: string, linkOf: (device: string) => LinkStatus = up, more: Parameters<typeof uplink>[0] = {}): readonly string[] =>
  explainBond(bondOf(uplink(more), recorded(name), linkOf));

test('nothing is said of a bond in order', () => {
  expect(said('negotiated')).toEqual([]);
});

test('no LACP at the switch at all', () => {
  const [words, ...more] = said('no-partner');
  expect(words).toMatch(/no longer speaks LACP on any NIC, so the bond carries nothing/);
  expect(words).toMatch(/one LACP group/);
  expect(words).toMatch(/mode=active-backup/);
  expect(more).toEqual([]);
});

test('a switch that never spoke is told from one that stopped', () => {
  const texts = recorded('no-partner').map(text => text.replace(/RX PDUs: \d+/g, 'RX PDUs: 0'));
  expect(explainBond(bondOf(uplink(), texts, up))).toEqual([expect.stringMatching(/does not speak LACP on any NIC/)]);
});

test('the same, while the bond goes on without', () => {
  expect(said('fallback', up, { lacpFallback: true })).toEqual([
    expect.stringMatching(/goes on with one NIC at a time \(lacp-fallback-ab\)/),
  ]);
});

test('ports in two groups of one switch', () => {
  expect(said('two-keys')).toEqual([
    expect.stringMatching(/^eth2 and eth3 are in another LACP group of the switch \(key 5\) than eth0 and eth1 \(key 4\).*one group/),
  ]);
});

test('NICs cabled to two switches', () => {
  expect(said('two-systems')).toEqual([
    expect.stringMatching(/^eth3 is cabled to another switch \(02:00:00:00:ff:01\) than eth0, eth1 and eth2 \(02:00:00:00:ff:00\)/),
  ]);
});

test('a cable that is broken in one direction', () => {
  expect(said('one-way')).toEqual([expect.stringMatching(/^The switch does not hear this host on eth0: frames get lost on their way out/)]);
});

test('half negotiated, kept out of the group, and silent: each NIC by its own fault', () => {
  const words = said('half');
  expect(words).toEqual([
    expect.stringMatching(/does not speak LACP on eth2 and eth3, but does on eth0 and eth1|no longer speaks LACP on eth2 and eth3/),
    expect.stringMatching(/LACP on eth0 is half negotiated: .* does not take frames or send frames/),
    expect.stringMatching(/speaks LACP on eth1 but keeps it out of its group/),
  ]);
});

test('links that are down are not blamed on LACP', () => {
  const down = (device: string): LinkStatus => ({ device, carrier: device === 'eth0' || device === 'eth3', fullDuplex: true });
  expect(said('two-down', down)).toEqual([expect.stringMatching(/^eth1 and eth2 have no link: check the cable/)]);
});

test('the last link, and none', () => {
  const only = (device: string): LinkStatus => ({ device, carrier: device === 'eth0', fullDuplex: true });
  expect(said('two-down', only)).toContainEqual(expect.stringMatching(/Only eth0 is left/));
  expect(said('two-down', device => ({ device, carrier: false, fullDuplex: true }))).toEqual([
    expect.stringMatching(/^No NIC .* has a link/),
  ]);
});

test('different speeds', () => {
  const mixed = (device: string): LinkStatus => ({ device, carrier: true, fullDuplex: true, speedMbps: device === 'eth1' ? 1000 : 10_000 });
  expect(said('negotiated', mixed)).toEqual([
    expect.stringMatching(/^eth0, eth2 and eth3 run at 10000 Mbit\/s, eth1 runs at 1000 Mbit\/s: .*same speed/),
  ]);
});

test('a bond that the switch of the host does not have', () => {
  expect(explainBond(bondOf(uplink(), [], up))).toEqual([expect.stringMatching(/does not know this bond/)]);
});

const status = (change: (lacp: NonNullable<BondMemberStatus['lacp']>) => Partial<NonNullable<BondMemberStatus['lacp']>>): BondStatus => {
  const whole = bondOf(uplink(), recorded('negotiated'), up);
  return {
    ...whole,
    members: whole.members.map(member =>
      member.device === 'eth1' && member.lacp ? { ...member, lacp: { ...member.lacp, ...change(member.lacp) } } : member,
    ),
  };
};

test('a switch that fell silent while the link is up', () => {
  expect(explainBond(status(() => ({ state: 'expired' })))).toEqual([
    expect.stringMatching(/has stopped to speak LACP on eth1 though the link is up/),
  ]);
});

test('a port that may not be aggregated', () => {
  const individual = status(lacp => ({ partner: { ...lacp.partner, flags: lacp.partner.flags.filter(flag => flag !== 'aggregation') } }));
  expect(explainBond(individual)).toEqual([expect.stringMatching(/treats eth1 as a link on its own/)]);
});

test('two NICs of the host cabled to each other', () => {
  const loop = status(lacp => ({ partner: lacp.actor }));
  const words = explainBond({ ...loop, members: loop.members.filter(({ device }) => device === 'eth1') });
  expect(words).toContainEqual(expect.stringMatching(/eth1 hears this host itself/));
});
