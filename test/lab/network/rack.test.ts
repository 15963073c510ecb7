// The rack itself: that its NICs, switch, faults and measurements do what the suites on it take for granted, and that nothing is left.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bondByHand, untilEnabled, untilNegotiated } from '../support/rack/bonds.ts';
import { startFlows } from '../support/rack/flows.ts';
import { markedFrame } from '../support/rack/frame.ts';
import { rackHostd } from '../support/rack/hostd.ts';
import { lacpReady, lacpState, speakLacp } from '../support/rack/lacp-speaker.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import { makeRack, type Rack, type RackHost } from '../support/rack/rack.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('The rack');

lab('the rack', () => {
  let rack: Rack;
  let host: RackHost;
  const lacpOf = (): Promise<string> => host.ovs.appctl('lacp/show', 'bond0');
  const negotiated = async (): Promise<void> => {
    await untilNegotiated(host.ovs, 'bond0', 4);
    await untilNegotiated(rack.torOvs, 'bond-a-0', 4);
  };

  beforeAll(async () => {
    rack = await makeRack({ hosts: ['a'] });
    host = rack.host('a');
    await bondByHand(host, { bridge: 'br0', bond: 'bond0', mode: 'balance-tcp', lacp: 'active' });
  }, 60_000);
  afterAll(async () => {
    const { prefix, folder } = rack;
    await rack[Symbol.asyncDispose]();
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).not.toContain(prefix);
    expect(existsSync(folder)).toBe(false);
  });

  test('four NICs agree on LACP with the switch', async () => {
    await negotiated();
  });

  test('a NIC and a port of the switch go down and up again', async () => {
    await host.setNic(1, 'down');
    await untilEnabled(host.ovs, 'bond0', 3);
    await host.setPort(2, 'down');
    await untilEnabled(host.ovs, 'bond0', 2);
    await host.setNic(1, 'up');
    await host.setPort(2, 'up');
    await untilEnabled(host.ovs, 'bond0', 4);
  });

  test('ports that are in no group, in two groups, or on two switches', async () => {
    await rack.partner(host, { kind: 'plain' });
    await until('no partner', async () => {
      const seen = await lacpOf();
      return { done: !/: current/.test(seen), seen };
    });
    const partners = async (what: RegExp): Promise<number> => new Set((await lacpOf()).match(what)).size;
    await rack.partner(host, {
      kind: 'groups',
      groups: [
        [0, 1],
        [2, 3],
      ],
    });
    await until('two keys', async () => ({ done: (await partners(/partner key: [1-9]\d*/g)) === 2, seen: await lacpOf() }));
    await rack.partner(host, {
      kind: 'groups',
      groups: [
        [0, 1],
        [2, 3],
      ],
      systems: true,
    });
    await until('two systems', async () => ({ done: (await partners(/partner sys_id: 02\S+/g)) === 2, seen: await lacpOf() }));
  });

  test('a partner with mistakes of its own', async () => {
    await rack.partner(host, { kind: 'none' });
    const state = lacpReady & ~lacpState.collecting & ~lacpState.distributing;
    const speaker = await speakLacp(rack.tor, 'a-0', { key: 77, system: '02:aa:bb:cc:dd:ee', state });
    await until('its words', async () => {
      const seen = await lacpOf();
      return { done: /partner sys_id: 02:aa:bb:cc:dd:ee[^]*partner key: 77\s+partner state: \S+ \S+ \S+ synchronized\n/.test(seen), seen };
    });
    await speaker.stop();
    await rack.partner(host, { kind: 'lacp' });
    await negotiated();
  });

  test('a VLAN keeps marked frames apart, and its tag is told', async () => {
    const names = ['sends', 'hears', 'other'];
    const [u, v, w] = await Promise.all(
      names.map((name, i) =>
        rack.guest(i === 0 ? host : 'tor', {
          name,
          mac: `02:00:00:00:00:0${i}`,
          ...(i === 0 && { bridge: 'br0' }),
          ...(name === 'other' ? {} : { tag: 7 }),
        }),
      ),
    );
    if (u === undefined || v === undefined || w === undefined) throw new Error('three guests were plugged');
    const [near, far] = [await v.hear(['seven']), await w.hear(['seven'])];
    await u.send([markedFrame({ from: u.mac, mark: 'seven' })]);
    expect(await near.all()).toEqual({ seven: null });
    await sleep(200);
    expect(await far.stop()).toEqual({});
    await rack.torOvs.vsctl('set', 'port', 'other', 'vlan_mode=trunk');
    const trunk = await w.hear(['seven']);
    await u.send([markedFrame({ from: u.mac, mark: 'seven' })]);
    expect(await trunk.all()).toEqual({ seven: 7 });
    await Promise.all([u, v, w].map(guest => guest.unplug()));
  });

  test('flows lose nothing at rest, and as much as is taken from them', async () => {
    const here = await rack.guest(host, { name: 'here', mac: '02:00:00:00:00:11', bridge: 'br0', addresses: ['10.0.0.1/24'] });
    const there = await rack.guest('tor', { name: 'there', mac: '02:00:00:00:00:12', addresses: ['10.0.0.2/24'] });
    const echo = await there.echo();
    const atRest = await startFlows(here.space, { to: '10.0.0.2', flows: 4, hz: 100 });
    await sleep(500);
    const { sent, lost } = await atRest.stop();
    expect(sent).toBeGreaterThan(100);
    expect(lost).toBe(0);
    const flows = await startFlows(here.space, { to: '10.0.0.2', flows: 4, hz: 100 });
    await sleep(300);
    const from = Date.now();
    await Promise.all(host.nics.map((_, nic) => host.loseFrames(nic, 'out')));
    await sleep(500);
    await Promise.all(host.nics.map((_, nic) => host.passFrames(nic, 'out')));
    const to = Date.now();
    const loss = await flows.stop();
    expect(loss.worstBetween(from - 20, to)).toBeGreaterThan(300);
    expect(loss.worstMs).toBeLessThan(to - from + 500);
    await echo.stop();
  });

  test('hostd runs inside, on the switch of its host', async () => {
    await using hostd = await rackHostd(rack.folder, host);
    expect(await hostd.xcp('message-list', 'name=NETWORK_DEGRADED', '--minimal')).toBe('');
    // The machine's own interfaces are out of its sight.
    expect(readdirSync(`/proc/${hostd.host.pid}/root/sys/class/net`).sort()).toEqual(expect.arrayContaining(['eth3', 'lo', 'ovs-netdev']));
  });

  test('the daemons of a switch are killed and started again', async () => {
    for (const daemon of ['ovs-vswitchd', 'ovsdb-server'] as const) {
      await host.ovs.kill(daemon);
      await host.ovs.restart();
    }
    await negotiated();
  });

  test('nothing is left of a rack whose test was killed', async () => {
    const script = `
      const { makeRack } = await import(${JSON.stringify(join(import.meta.dirname, '../support/rack/rack.ts'))});
      const rack = await makeRack({ hosts: ['x'], nics: 1 });
      process.stdout.write(rack.prefix + ' ' + rack.folder);
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const text = await new Promise<string>(resolve => child.stdout.setEncoding('utf8').once('data', resolve));
    const [prefix = '', folder = ''] = text.split(' ');
    const spaces = (): string[] => readdirSync('/run/netns').filter(name => name.startsWith(`${prefix}-`));
    expect(spaces()).toHaveLength(2);
    child.kill('SIGKILL');
    await until('all is gone', async () => ({ done: spaces().length === 0 && !existsSync(folder), seen: spaces().join(' ') }));
  });
});
