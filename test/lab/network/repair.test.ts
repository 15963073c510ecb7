// A whole host whose switch is changed by hand, or whose daemons are killed: the network comes back to what it should be, by itself, and guests
// talk again.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { allUsed, untilBond } from '../support/rack/bond-show.ts';
import { lossText, startFlows } from '../support/rack/flows.ts';
import type { RackGuest } from '../support/rack/guest.ts';
import { RackedHosts, type Racked } from '../support/rack/hosts.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import type { SimGuest } from '../support/rack/sim-guest.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('Repairs of the network');

lab('repairs', () => {
  let hosts: RackedHosts;
  let aa: Racked;
  let inside: SimGuest;
  let outside: RackGuest;
  const figures: string[] = [];

  beforeAll(async () => {
    hosts = await RackedHosts.start({ hosts: ['aa'] });
    aa = hosts.get('aa');
    const [, , eth2, eth3] = await aa.nics();
    const bonded = await aa.xcp('network-create', 'name-label=bonded');
    const bond = await aa.xcp(
      'bond-create',
      `network-uuid=${bonded}`,
      `pif-uuids=${eth2},${eth3}`,
      'mode=lacp',
      'properties:lacp-time=fast',
    );
    await hosts.rack.partner(aa.host, { kind: 'groups', groups: [[0], [1], [2, 3]] });
    const master = await aa.xcp('bond-param-get', `uuid=${bond}`, 'param-name=master');
    const tagged = await aa.xcp('network-create', 'name-label=tagged');
    await aa.xcp('vlan-create', `pif-uuid=${master}`, 'vlan=7', `network-uuid=${tagged}`);
    inside = await aa.guest({ name: 'inside', network: tagged, mac: '02:00:00:00:0a:01', addresses: ['10.0.0.1/24'] });
    outside = await hosts.rack.guest('tor', { name: 'outside', mac: '02:00:00:00:0b:01', tag: 7, addresses: ['10.0.0.2/24'] });
    await outside.echo();
    await aa.echo();
    await whole();
  }, 120_000);
  afterAll(async () => {
    await hosts[Symbol.asyncDispose]();
    process.stderr.write(`\nRepairs: until guest and management are answered again\n${figures.map(line => `  ${line}\n`).join('')}\n`);
  });

  const answered = async (): Promise<boolean> => {
    const [guest, host] = await Promise.all([
      startFlows(inside.space, { to: '10.0.0.2', flows: 1, hz: 20 }),
      startFlows(hosts.rack.tor, { to: aa.address, flows: 1, hz: 20 }),
    ]);
    await sleep(200);
    const losses = await Promise.all([guest.stop(), host.stop()]);
    return losses.every(({ lost, sent }) => lost < sent);
  };
  /** The bond, and both ways through the switch. Resolves with the ms it took. */
  const whole = async (): Promise<number> => {
    const startedAt = performance.now();
    await untilBond(aa, 'the bond', bond => bond.lacp === 'negotiated' && allUsed(bond));
    await until('guest and management are answered', async () => ({ done: await answered(), seen: await aa.host.ovs.vsctl('show') }));
    return Math.round(performance.now() - startedAt);
  };
  const ports = async (): Promise<string> =>
    (await aa.host.ovs.vsctl('--columns=name,tag,interfaces', 'list', 'port')).replaceAll(/[0-9a-f]{8}-[0-9a-f-]+/g, 'uuid');
  const sorted = async (): Promise<string> => (await ports()).split('\n\n').toSorted().join('\n\n');

  test.each([
    [
      'the bond',
      async (): Promise<string> =>
        (await aa.host.ovs.vsctl('--bare', '--columns=name', 'find', 'port', 'lacp=active')).split('\n')[0] ?? '',
    ],
    ['the NIC of the management', async (): Promise<string> => 'eth0'],
    ["the guest's port", async (): Promise<string> => inside.tap],
    ['the VLAN', async (): Promise<string> => aa.host.ovs.vsctl('--bare', '--columns=name', 'find', 'port', 'fake_bridge=true')],
  ])('%s is removed by hand and comes back', async (what, nameOf) => {
    const before = await sorted();
    const flows = await startFlows(what === 'the NIC of the management' ? hosts.rack.tor : inside.space, {
      to: what === 'the NIC of the management' ? aa.address : '10.0.0.2',
      flows: 2,
      hz: 100,
    });
    const name = await nameOf();
    expect(name).not.toBe('');
    await aa.host.ovs.vsctl('--no-wait', what === 'the VLAN' ? 'del-br' : 'del-port', name);
    await until('the same ports', async () => ({ done: (await sorted()) === before, seen: await ports() }));
    await whole();
    figures.push(`${`${what} removed by hand`.padEnd(44)}${lossText(await flows.stop())}`);
  });

  test('a whole bridge is removed by hand and comes back with its guest', async () => {
    const before = await sorted();
    await aa.host.ovs.vsctl('--no-wait', 'del-br', await aa.host.ovs.vsctl('port-to-br', inside.tap));
    await until('the same ports', async () => ({ done: (await sorted()) === before, seen: await ports() }));
    figures.push(`${'bridge of bond, VLAN and guest removed'.padEnd(44)}whole after ${await whole()} ms`);
  });

  test('what somebody else adds stays', async () => {
    await aa.host.space.ip('link add mine type veth peer name mine-peer');
    const bridge = await aa.bridge('xenbr1');
    await aa.host.ovs.vsctl('add-br', 'theirs', '--', 'set', 'bridge', 'theirs', 'datapath_type=netdev', '--', 'add-port', bridge, 'mine');
    await aa.host.ovs.vsctl('del-port', inside.tap);
    await whole();
    expect(await aa.host.ovs.vsctl('port-to-br', 'mine')).toBe(bridge);
    await aa.host.ovs.vsctl('del-br', 'theirs', '--', 'del-port', 'mine');
  });

  test.each(['ovs-vswitchd', 'ovsdb-server'] as const)('%s is killed and started again', async daemon => {
    const before = await sorted();
    const flows = await startFlows(inside.space, { to: '10.0.0.2', flows: 4, hz: 100 });
    await sleep(300);
    await aa.host.ovs.kill(daemon);
    await sleep(300);
    await aa.host.ovs.restart();
    const tookMs = await whole();
    figures.push(`${`kill -9 of ${daemon}, 0.3 s, start`.padEnd(44)}${lossText(await flows.stop())}, whole after ${tookMs} ms`);
    expect(await sorted()).toBe(before);
  });

  test('hostd is killed: guests notice nothing, and what was changed meanwhile is put right at its start', async () => {
    const before = await sorted();
    const flows = await startFlows(inside.space, { to: '10.0.0.2', flows: 4, hz: 100 });
    process.kill(aa.hostd.host.pid, 'SIGKILL');
    await sleep(500);
    const loss = await flows.stop();
    expect(loss.worstMs).toBeLessThan(200);
    await aa.host.ovs.vsctl('del-port', 'eth0');
    await aa.hostd.restart('SIGKILL');
    figures.push(`${'kill -9 of hostd'.padEnd(44)}${lossText(loss)}, whole ${await whole()} ms after it is ready again`);
    expect(await sorted()).toBe(before);
  });
});
