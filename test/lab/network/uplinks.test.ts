// The desired state on a real switch with real NICs: bonds made under running guests, drift, restarts of the switch, what cannot be made.

import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { HostedNetwork, HostNetwork, Uplink, VifPort } from '../../../src/drivers/network.ts';
import { testPort } from '../../contract/network-contract.ts';
import { InsideDriver } from '../support/rack/driver.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import { makeRack, type Rack, type RackHost } from '../support/rack/rack.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('The desired state of the switch');
const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const network = (bridge: string, number: number, uplink: Uplink, more: Partial<HostedNetwork> = {}): HostedNetwork => ({
  bridge,
  networkId: id(100 + number),
  mtu: 1500,
  uplink,
  ...more,
});
const nic = (number: number, more: Partial<HostedNetwork> = {}): HostedNetwork =>
  network(`xenbr${number}`, number, { kind: 'nic', pif: id(number), device: `eth${number}` }, more);
const vlan = (tag: number, parent: string): HostedNetwork => network(`xapi${tag}`, tag, { kind: 'vlan', pif: id(tag), parent, tag });
const bond = (members: readonly number[]): HostedNetwork =>
  network('xapi0', 50, {
    kind: 'bond',
    pif: id(50),
    device: 'bond0',
    mac: '02:00:00:00:00:50',
    members: members.map(number => ({ pif: id(number), device: `eth${number}` })),
    mode: 'lacp',
    hashing: 'tcpudp_ports',
    lacpTime: 'fast',
    lacpFallback: true,
  });
const state = (networks: readonly HostedNetwork[], ports: readonly VifPort[] = []): HostNetwork => ({ networks, ports });

lab('the desired state of the switch', () => {
  let rack: Rack;
  let host: RackHost;
  let driver: InsideDriver;
  const all = ['eth0', 'eth1', 'eth2', 'eth3'];
  const vsctl = (...words: readonly string[]): Promise<string> => host.ovs.vsctl(...words);
  const portsOf = async (bridge: string): Promise<readonly string[]> =>
    (await vsctl('list-ports', bridge)).split('\n').filter(Boolean).toSorted();
  const configuration = async (): Promise<number> => Number(await vsctl('get', 'open_vswitch', '.', 'next_cfg'));
  const start = (): InsideDriver => InsideDriver.start(host, join(rack.folder, 'state'), all);
  const repaired = (what: RegExp): Promise<number> =>
    until('repaired', async () => ({ done: driver.repairs.some(reason => what.test(reason)), seen: driver.repairs.join() }), {
      timeoutMs: 15_000,
    });

  beforeAll(async () => {
    rack = await makeRack({ hosts: ['a'] });
    host = rack.host('a');
  }, 60_000);
  afterAll(() => rack[Symbol.asyncDispose]());
  beforeEach(() => {
    driver = start();
  });
  afterEach(async () => {
    await driver.apply(state([]));
    await driver[Symbol.asyncDispose]();
    expect(await vsctl('list-br')).toBe('');
  });

  test('NICs and VLANs, as administrators know them, and nothing to do the second time', async () => {
    expect(await driver.apply(state([vlan(7, 'xenbr0'), nic(0, { mac: '02:00:00:00:00:aa', mtu: 9000 }), nic(1)]))).toEqual({});
    expect((await vsctl('list-br')).split('\n').toSorted()).toEqual(['xapi7', 'xenbr0', 'xenbr1']);
    expect(await portsOf('xenbr0')).toEqual(['eth0']);
    expect([await vsctl('br-to-parent', 'xapi7'), await vsctl('br-to-vlan', 'xapi7')]).toEqual(['xenbr0', '7']);
    expect(await vsctl('br-get-external-id', 'xapi7', 'xs-network-uuids')).toBe(id(107));
    expect(await vsctl('get', 'interface', 'xenbr0', 'mac_in_use')).toBe('"02:00:00:00:00:aa"');
    expect(await vsctl('get', 'interface', 'eth0', 'mtu')).toBe('9000');
    expect(await vsctl('get', 'bridge', 'xenbr0', 'datapath_type', 'fail_mode')).toBe('netdev\nstandalone');
    const before = await configuration();
    expect(await driver.apply(state([nic(1), vlan(7, 'xenbr0'), nic(0, { mac: '02:00:00:00:00:aa', mtu: 9000 })]))).toEqual({});
    expect(await configuration()).toBe(before);
  });

  test('a bond takes NICs, VLANs and guests over in one transaction, and gives them back', async () => {
    const [plain, tagged] = [testPort({ bridge: 'xenbr0' }), testPort({ bridge: 'xapi7' })];
    await driver.apply(state([nic(0), nic(1), vlan(7, 'xenbr0')]));
    const taps = [await driver.plug(plain), await driver.plug(tagged)];
    const before = await configuration();
    const moved = [{ ...plain, bridge: 'xapi0' }, tagged];
    expect(await driver.apply(state([bond([0, 1]), vlan(7, 'xapi0')], moved))).toEqual({});
    expect((await configuration()) - before).toBe(1);
    expect((await vsctl('list-br')).split('\n').toSorted()).toEqual(['xapi0', 'xapi7']);
    expect(await portsOf('xapi0')).toEqual(['bond0', taps[0] ?? '']);
    expect(await portsOf('xapi7')).toEqual([taps[1]]);
    expect((await vsctl('get', 'port', 'bond0', 'bond_mode', 'lacp', 'other_config:lacp-time')).split('\n')).toEqual([
      'balance-tcp',
      'active',
      'fast',
    ]);
    await until('negotiated', async () => {
      const seen = await host.ovs.appctl('bond/show', 'bond0');
      return { done: /lacp_status: negotiated/.test(seen), seen };
    });
    expect(await driver.apply(state([nic(0), nic(1), vlan(7, 'xenbr0')], [plain, tagged]))).toEqual({});
    expect(await portsOf('xenbr0')).toEqual(['eth0', taps[0] ?? '']);
    expect(await portsOf('xapi7')).toEqual([taps[1]]);
    expect(await vsctl('get', 'port', 'eth0', 'bond_mode', 'lacp')).toBe('[]\n[]');
    for (const { id: vif } of [plain, tagged]) await driver.unplug(vif);
  });

  test('src_mac with LACP spreads by source address', async () => {
    const { uplink, ...rest } = bond([0, 1]);
    if (uplink.kind !== 'bond') throw new Error('no bond');
    await driver.apply(state([{ ...rest, uplink: { ...uplink, hashing: 'src_mac', lacpAggregationKey: 77 } }]));
    expect((await vsctl('get', 'port', 'bond0', 'bond_mode', 'lacp')).split('\n')).toEqual(['balance-slb', 'active']);
    expect(await vsctl('get', 'interface', 'eth1', 'other_config:lacp-aggregation-key')).toBe('"77"');
    expect(await vsctl('get', 'interface', 'eth1', 'other_config')).not.toContain('missing');
  });

  test('tunnels to each other host, which do not feed each other', async () => {
    const uplink: Uplink = {
      kind: 'tunnel',
      pif: id(60),
      protocol: 'vxlan',
      key: 77,
      remotes: ['192.0.2.7', '192.0.2.8'],
      local: '192.0.2.1',
    };
    expect(await driver.apply(state([network('xapi60', 60, uplink)]))).toEqual({});
    const ports = await portsOf('xapi60');
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(await vsctl('get', 'port', port, 'protected')).toBe('true');
    expect(await vsctl('get', 'interface', ports[0] ?? '', 'type', 'options:key', 'options:local_ip')).toBe('vxlan\n"77"\n"192.0.2.1"');
    expect(await driver.apply(state([network('xapi60', 60, { ...uplink, remotes: ['192.0.2.8'], protocol: 'gre' })]))).toEqual({});
    expect(await portsOf('xapi60')).toHaveLength(1);
  });

  test('blames a NIC that is not there, and takes it when it comes', async () => {
    await host.space.ip('link set eth3 down', 'link set eth3 name gone3');
    try {
      const failures = await driver.apply(state([nic(3), nic(2)]));
      expect(Object.keys(failures)).toEqual([id(3)]);
      expect(failures[id(3)]).toMatch(/eth3.*No such device/);
      expect(await portsOf('xenbr2')).toEqual(['eth2']);
    } finally {
      await host.space.ip('link set gone3 name eth3', 'link set eth3 up');
    }
    await until('taken', async () => {
      const seen = await vsctl('get', 'interface', 'eth3', 'ofport');
      return { done: Number(seen) > 0, seen };
    });
  });

  test('of many networks only the one that the database refuses fails', async () => {
    const vlans = Array.from({ length: 50 }, (_, i) => vlan(i + 1, 'xenbr0'));
    const bad = { ...vlan(60, 'xenbr0'), mtu: -5 };
    const failures = await driver.apply(state([nic(0), ...vlans.slice(0, 20), bad, ...vlans.slice(20)]));
    expect(Object.keys(failures)).toEqual([id(60)]);
    expect((await vsctl('list-br')).split('\n')).toHaveLength(51);
    const before = await configuration();
    await vsctl('set', 'bridge', 'xenbr0', 'external_ids:note=mine');
    await new Promise(resolve => setTimeout(resolve, 1_500));
    // It is not asked for again and again.
    expect((await configuration()) - before).toBeLessThanOrEqual(2);
  });

  test('what somebody did by hand is put right, and what somebody made is left alone', async () => {
    await vsctl('add-br', 'theirs', '--', 'set', 'bridge', 'theirs', 'datapath_type=netdev', '--', 'add-port', 'theirs', 'eth2');
    await driver.apply(state([nic(0), vlan(7, 'xenbr0')]));
    expect(await driver.apply(state([nic(0), vlan(7, 'xenbr0'), nic(2)]))).toMatchObject({ [id(2)]: expect.stringMatching(/theirs/) });
    await driver.apply(state([nic(0), vlan(7, 'xenbr0')]));
    await vsctl('del-port', 'xenbr0', 'eth0', '--', 'set', 'port', 'xapi7', 'tag=9');
    await repaired(/by hand/);
    expect(await portsOf('xenbr0')).toEqual(['eth0']);
    expect(await vsctl('br-to-vlan', 'xapi7')).toBe('7');
    await driver.apply(state([]));
    expect(await vsctl('list-br')).toBe('theirs');
    expect(await portsOf('theirs')).toEqual(['eth2']);
    await vsctl('del-br', 'theirs');
  });

  test('a guest whose port somebody removed gets it back', async () => {
    const guest = testPort({ bridge: 'xapi7' });
    await driver.apply(state([nic(0), vlan(7, 'xenbr0')]));
    const tap = await driver.plug(guest);
    await driver.apply(state([nic(0), vlan(7, 'xenbr0')], [guest]));
    await vsctl('del-port', tap);
    await repaired(/by hand/);
    expect(await portsOf('xapi7')).toEqual([tap]);
    await driver.unplug(guest.id);
    await driver.apply(state([nic(0), vlan(7, 'xenbr0')]));
    expect(await portsOf('xapi7')).toEqual([]);
  });

  test('the switch and its database may be killed: all is there again, with the guests', async () => {
    const guest = testPort({ bridge: 'xapi7' });
    await driver.apply(state([nic(0), vlan(7, 'xenbr0')]));
    const tap = await driver.plug(guest);
    await driver.apply(state([nic(0), vlan(7, 'xenbr0')], [guest]));
    await host.ovs.kill('ovs-vswitchd');
    await host.ovs.restart();
    await repaired(/restarted/);
    await host.ovs.kill('ovsdb-server');
    await host.ovs.restart();
    await repaired(/went away/);
    expect(await driver.apply(state([nic(0), vlan(7, 'xenbr0')], [guest]))).toEqual({});
    expect(await portsOf('xapi7')).toEqual([tap]);
    await driver.unplug(guest.id);
  });

  test('killed at any moment, the next process ends where this one was going', async () => {
    const vlans = Array.from({ length: 30 }, (_, i) => vlan(i + 1, 'xenbr0'));
    for (const delayMs of [0, 5, 20, 60, 150]) {
      const work = driver.apply(state([nic(0), ...vlans])).catch(() => undefined); // it is killed
      await new Promise(resolve => setTimeout(resolve, delayMs));
      await driver.kill();
      await work;
      driver = start();
      expect(await driver.apply(state([nic(0), ...vlans]))).toEqual({});
      expect((await vsctl('list-br')).split('\n')).toHaveLength(31);
      await driver.apply(state([]));
      expect(await vsctl('list-br')).toBe('');
    }
  });
});
