// Bonds of a whole host against a switch: LACP negotiated through the command line, what is said of a partner's mistakes, what a running
// guest loses when a NIC dies, when a port of the switch dies, when frames vanish, and when its network moves onto a bond and back.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allUsed, showBond, untilBond } from '../support/rack/bond-show.ts';
import { startFlows, lossText, type Loss } from '../support/rack/flows.ts';
import { RackedHosts, type Racked } from '../support/rack/hosts.ts';
import { lacpReady, lacpState, speakLacp } from '../support/rack/lacp-speaker.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import type { RackGuest } from '../support/rack/guest.ts';
import type { SimGuest } from '../support/rack/sim-guest.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('Bonds');

/** Worst outages that were measured when the switch alone was set up by hand, in words, and the most that this lab lets pass. */
const known = {
  'NIC down': { words: '0-8 ms', mostMs: 1_000 },
  'port down': { words: '4-12 ms, rarely 500 ms', mostMs: 1_500 },
  'frames vanish': { words: '2500-3000 ms', mostMs: 5_000 },
} as const;
type Fault = keyof typeof known;

lab('bonds', () => {
  let hosts: RackedHosts;
  let aa: Racked;
  let inside: SimGuest;
  let outside: RackGuest;
  let bondNetwork: string;
  let nics: readonly string[];
  const figures: string[] = [];

  beforeAll(async () => {
    hosts = await RackedHosts.start({ hosts: ['aa'] });
    aa = hosts.get('aa');
    nics = await aa.nics();
    bondNetwork = await aa.xcp('network-create', 'name-label=bonded');
    const network = await aa.xcp('network-list', 'bridge=xenbr0', '--minimal');
    inside = await aa.guest({ name: 'inside', network, mac: '02:00:00:00:0a:01', addresses: ['10.0.0.1/24'] });
    outside = await hosts.rack.guest('tor', { name: 'outside', mac: '02:00:00:00:0b:01', addresses: ['10.0.0.2/24'] });
    await outside.echo();
    await aa.echo();
  }, 120_000);
  afterAll(async () => {
    await hosts[Symbol.asyncDispose]();
    process.stderr.write(`\nBonds: what 8 flows of a guest lost\n${figures.map(line => `  ${line}\n`).join('')}\n`);
  });

  const create = (mode: string, ...words: readonly string[]): Promise<string> =>
    aa.xcp('bond-create', `network-uuid=${bondNetwork}`, `pif-uuids=${nics.join(',')}`, `mode=${mode}`, ...words);
  const bondUuid = async (): Promise<string> => (await showBond(aa)).uuid;

  /** What flows of the guest lose meanwhile. */
  const losing = async (during: () => Promise<void>, more: { readonly to?: string } = {}): Promise<Loss> => {
    const from = more.to === undefined ? inside.space : hosts.rack.tor;
    const flows = await startFlows(from, { to: more.to ?? '10.0.0.2', flows: 8, hz: 100 });
    await sleep(400);
    await during();
    return flows.stop();
  };
  const note = (what: string, loss: Loss, before = ''): void => {
    figures.push(`${what.padEnd(40)}${lossText(loss)}${before}`);
  };

  test('VIF and management move onto a bond of four NICs, which agrees on LACP with the switch', async () => {
    let guestLoss: Loss | undefined;
    let tookMs = 0;
    const hostLoss = await losing(
      async () => {
        guestLoss = await losing(async () => {
          const startedAt = performance.now();
          // The switch waits with its group, as one does who changes both: without an answer the bond goes on with one NIC.
          await create('lacp', 'properties:lacp-time=fast');
          await hosts.rack.partner(aa.host, { kind: 'lacp' });
          await untilBond(aa, 'LACP on four NICs', bond => bond.lacp === 'negotiated' && allUsed(bond));
          tookMs = Math.round(performance.now() - startedAt);
          await sleep(1_000);
        });
      },
      { to: aa.address },
    );
    figures.push(`created and negotiated on 4 NICs after ${tookMs} ms`);
    if (guestLoss === undefined) throw new Error('it was measured');
    note('guest moves onto the bond', guestLoss);
    note('management address moves onto it', hostLoss);
    expect(guestLoss.worstMs).toBeLessThan(5_000);
    expect(hostLoss.worstMs).toBeLessThan(4_000);
    const bond = await bondUuid();
    expect(await aa.xcp('bond-param-get', `uuid=${bond}`, 'param-name=links-up')).toBe('4');
    const master = await aa.xcp('bond-param-get', `uuid=${bond}`, 'param-name=master');
    expect(await aa.xcp('pif-param-get', `uuid=${master}`, 'param-name=management')).toBe('true');
    expect(await aa.xcp('pif-param-get', `uuid=${master}`, 'param-name=IP')).toBe(aa.address);
    expect(await aa.xcp('vif-param-get', `uuid=${inside.vif}`, 'param-name=network-uuid')).toBe(bondNetwork);
    expect(await aa.host.ovs.vsctl('port-to-br', inside.tap)).toBe(
      await aa.bridge(await aa.xcp('network-param-get', `uuid=${bondNetwork}`, 'param-name=bridge')),
    );
    expect(await aa.xcp('network-show')).toMatch(/● bond0 {2}lacp {2}LACP negotiated {2}4 of 4 links up/);
  });

  test('carrier and links are in the records when a NIC loses its link, and when it has it again', async () => {
    const records = async (): Promise<string> =>
      `${await aa.xcp('pif-param-get', `uuid=${nics[1]}`, 'param-name=carrier')} ${await aa.xcp('bond-list', 'params=links-up', '--minimal')}`;
    await aa.host.setPort(1, 'down');
    await until('no carrier', async () => ({ done: (await records()) === 'false 3', seen: await records() }));
    const { advice, members } = await showBond(aa);
    expect(advice).toEqual([expect.stringMatching(/^eth1 has no link: check the cable/)]);
    expect(
      members
        .filter(({ enabled }) => enabled)
        .map(({ device }) => device)
        .toSorted(),
    ).toEqual(['eth0', 'eth2', 'eth3']);
    await aa.host.setPort(1, 'up');
    await until('carrier', async () => ({ done: (await records()) === 'true 4', seen: await records() }));
    await untilBond(aa, 'all NICs used', allUsed);
  });

  describe('mistakes of the partner are explained', () => {
    // Which of two groups the bond goes with is the choice of the host's switch.
    const advised = (what: RegExp): Promise<unknown> =>
      untilBond(aa, String(what), ({ advice }) => advice.length === 1 && what.test(advice[0] ?? ''));

    test('ports in two groups', async () => {
      await hosts.rack.partner(aa.host, {
        kind: 'groups',
        groups: [
          [0, 1],
          [2, 3],
        ],
      });
      await advised(
        /^(eth0 and eth1|eth2 and eth3) are in another LACP group of the switch \(key \d+\) than (eth0 and eth1|eth2 and eth3) \(key \d+\)/,
      );
    });

    test('NICs on two switches', async () => {
      await hosts.rack.partner(aa.host, {
        kind: 'groups',
        groups: [
          [0, 1],
          [2, 3],
        ],
        systems: true,
      });
      await advised(
        /^(eth0 and eth1|eth2 and eth3) are cabled to another switch \(02:00:00:00:ff:0[01]\) than (eth0 and eth1|eth2 and eth3) \(02:00:00:00:ff:0[01]\)/,
      );
    });

    test('a cable that carries in one direction only', async () => {
      await hosts.rack.partner(aa.host, { kind: 'lacp', lacp: 'active' });
      await untilBond(aa, 'all NICs used', allUsed);
      await aa.host.loseFrames(0, 'out');
      await advised(/^The switch does not hear this host on eth0/);
      await aa.host.passFrames(0, 'out');
      await aa.host.loseFrames(0, 'in');
      await advised(/speaks? LACP on eth0 though the link is up|no longer speaks LACP on eth0, but does on eth1, eth2 and eth3/);
      await aa.host.passFrames(0, 'in');
      await untilBond(aa, 'all NICs used', allUsed);
    });

    test('half negotiated: the switch does not take frames', async () => {
      await hosts.rack.partner(aa.host, { kind: 'none' });
      const state = lacpReady & ~lacpState.collecting & ~lacpState.distributing;
      const speakers = await Promise.all(
        aa.host.ports.map((port, i) => speakLacp(hosts.rack.tor, port, { port: i + 1, state: i === 2 ? state : lacpReady })),
      );
      await advised(/^LACP on eth2 is half negotiated: .* does not take frames or send frames/);
      await Promise.all(speakers.map(speaker => speaker.stop()));
    });

    test('no LACP at all: the bond goes on with one NIC, or not, as it was told; another mode helps', async () => {
      await hosts.rack.partner(aa.host, { kind: 'plain' });
      await advised(/on any NIC, so the bond goes on with one NIC at a time \(lacp-fallback-ab\)/);
      const alive = await losing(() => sleep(300));
      expect(alive.lost).toBeLessThan(alive.sent);
      const bond = await bondUuid();
      await aa.xcp('bond-param-set', `uuid=${bond}`, 'properties:lacp-fallback-ab=false');
      await advised(/on any NIC, so the bond carries nothing\. .*mode=active-backup/);
      const dead = await losing(() => sleep(300));
      expect(dead.lost).toBe(dead.sent);
      // What the words advise helps at once, where no link has to prove itself first.
      const master = await aa.xcp('bond-param-get', `uuid=${bond}`, 'param-name=master');
      await aa.xcp('pif-param-set', `uuid=${master}`, 'other-config:bond-updelay=0');
      await aa.xcp('bond-set-mode', `uuid=${bond}`, 'mode=active-backup');
      await untilBond(aa, 'all NICs may be used', allUsed, 5_000);
      const helped = await losing(() => sleep(300));
      expect(helped.worstMs).toBeLessThan(500);
    });
  });

  describe.each([
    ['active-backup', 'plain', ['NIC down', 'port down']],
    ['balance-slb', 'plain', ['NIC down', 'port down']],
    ['lacp', 'lacp', ['NIC down', 'port down', 'frames vanish']],
  ] as const)('%s', (mode, partner, faults) => {
    beforeAll(async () => {
      const bond = await bondUuid();
      await aa.xcp('bond-set-mode', `uuid=${bond}`, `mode=${mode}`);
      if (mode === 'lacp') await aa.xcp('bond-param-set', `uuid=${bond}`, 'properties:lacp-time=fast');
      // A link that is back counts at once: the lab's switch forwards as soon as it is up.
      const master = await aa.xcp('bond-param-get', `uuid=${bond}`, 'param-name=master');
      await aa.xcp('pif-param-set', `uuid=${master}`, 'other-config:bond-updelay=0');
      await hosts.rack.partner(aa.host, { kind: partner });
      await untilBond(aa, 'all NICs used', allUsed);
    }, 60_000);

    const strike = (fault: Fault, nic: number): Promise<void> => {
      if (fault === 'NIC down') return aa.host.setNic(nic, 'down');
      return fault === 'port down' ? aa.host.setPort(nic, 'down') : aa.host.loseFrames(nic);
    };
    const heal = (fault: Fault, nic: number): Promise<void> => {
      if (fault === 'NIC down') return aa.host.setNic(nic, 'up');
      return fault === 'port down' ? aa.host.setPort(nic, 'up') : aa.host.passFrames(nic);
    };

    test.each(faults)('%s', async fault => {
      const loss = await losing(async () => {
        // One after another, so that each that carries something is among them; where only the active one does, that one, twice.
        const isSlow = fault === 'frames vanish';
        for (let round = 0; round < (mode === 'active-backup' || isSlow ? 2 : 4); round += 1) {
          const { members } = await showBond(aa);
          const active = aa.host.nics.indexOf(members.find(member => member.active)?.device ?? '');
          const nic = mode === 'active-backup' ? active : round;
          await strike(fault, nic);
          await sleep(isSlow ? 4_500 : 700);
          await heal(fault, nic);
          await untilBond(aa, 'all NICs used', allUsed);
        }
      });
      note(`${mode}, ${fault}`, loss, ` (by hand: ${known[fault].words})`);
      expect(loss.worstMs).toBeLessThan(known[fault].mostMs);
    });
  });

  test('all moves back when the bond is destroyed', async () => {
    let guestLoss: Loss | undefined;
    const hostLoss = await losing(
      async () => {
        guestLoss = await losing(async () => {
          await hosts.rack.partner(aa.host, { kind: 'plain' });
          await aa.xcp('bond-destroy', `uuid=${await bondUuid()}`);
          await sleep(1_000);
        });
      },
      { to: aa.address },
    );
    if (guestLoss === undefined) throw new Error('it was measured');
    note('guest moves back', guestLoss);
    note('management address moves back', hostLoss);
    expect(guestLoss.worstMs).toBeLessThan(5_000);
    expect(hostLoss.worstMs).toBeLessThan(4_000);
    const first = nics[0] ?? '';
    expect(await aa.xcp('pif-param-get', `uuid=${first}`, 'param-name=management')).toBe('true');
    expect(await aa.xcp('pif-param-get', `uuid=${first}`, 'param-name=IP')).toBe(aa.address);
    expect(await aa.host.ovs.vsctl('port-to-br', inside.tap)).toBe(await aa.bridge('xenbr0'));
    expect(await aa.xcp('bond-list', '--minimal')).toBe('');
  });
});
