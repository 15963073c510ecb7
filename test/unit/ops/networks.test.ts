// The host's network from its records: what messages change, what the switch is told, and what is taken back when it refuses.

import { afterEach, describe, expect, test } from '@jest/globals';
import { DriverError } from '../../../src/drivers/hypervisor.ts';
import type { HostedNetwork } from '../../../src/drivers/network.ts';
import type { Ref } from '../../../src/lib/brand.ts';
import { touchesManagement } from '../../../src/ops/network/trial/cone.ts';
import { createVlans, destroyVlans, type NewVlans } from '../../../src/ops/vlan/many.ts';
import { errorOf, install, type OpsHost, startOpsHost } from '../../support/ops/host.ts';
import { vifArgs } from '../../support/ops/vif-args.ts';

const hosts: OpsHost[] = [];
const start = async (options: Parameters<typeof startOpsHost>[0] = {}): Promise<OpsHost> => {
  const host = await startOpsHost(options);
  hosts.push(host);
  return host;
};
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

const pifOf = (host: OpsHost, device: string): Ref<'PIF'> => {
  for (const [ref, pif] of host.db.all('PIF')) if (pif.device === device && pif.physical) return ref;
  throw new Error(`no PIF ${device}`);
};
const newNetwork = (host: OpsHost, name_label: string): Ref<'network'> | Promise<Ref<'network'>> =>
  host.network.create(host.call, {
    args: { name_label, name_description: '', MTU: 1500, other_config: {}, bridge: '', managed: true, tags: [] },
  });
const bridgeOf = (host: OpsHost, network: Ref<'network'>): string => host.db.need('network', network).bridge;
const told = (host: OpsHost): readonly HostedNetwork[] => host.world.desired?.networks ?? [];
const toldOf = (host: OpsHost, bridge: string): HostedNetwork | undefined => told(host).find(network => network.bridge === bridge);
const image = (host: OpsHost): string =>
  JSON.stringify(
    (['PIF', 'network', 'VLAN', 'Bond', 'tunnel', 'VIF', 'PIF_metrics'] as const).map(cls =>
      [...host.db.all(cls)].toSorted(([a], [b]) => a.localeCompare(b)),
    ),
  );
const failed = new DriverError('failed', 'the switch could not make it');

describe('a VLAN', () => {
  test('is on the switch above the bridge of its interface', async () => {
    const host = await start();
    const network = await newNetwork(host, 'v');
    await host.ops.VLAN.create?.(host.call, { tagged_PIF: pifOf(host, 'eth1'), tag: 7, network });
    expect(toldOf(host, bridgeOf(host, network))).toMatchObject({ uplink: { kind: 'vlan', parent: 'xenbr1', tag: 7 } });
    expect(toldOf(host, 'xenbr1')).toMatchObject({ uplink: { kind: 'nic', device: 'eth1' }, mac: '02:00:00:00:00:02' });
  });

  test('that the switch refuses leaves nothing behind, here and on the switch', async () => {
    const host = await start();
    const network = await newNetwork(host, 'v');
    const before = image(host);
    host.world.refuses = ({ uplink }) => (uplink.kind === 'vlan' ? [[uplink.pif, failed]] : []);
    const [code, pif, reason] = await errorOf(async () =>
      host.ops.VLAN.create?.(host.call, { tagged_PIF: pifOf(host, 'eth1'), tag: 7, network }),
    );
    expect([code, reason]).toEqual(['PIF_CONFIGURATION_ERROR', failed.message]);
    expect(pif).toMatch(/^OpaqueRef:/);
    expect(image(host)).toBe(before);
    expect(toldOf(host, bridgeOf(host, network))).toBeUndefined();
  });

  test('without a switch is refused as such; so is one that the switch does not hear of', async () => {
    const host = await start();
    const network = await newNetwork(host, 'v');
    const before = image(host);
    host.world.refuses = ({ uplink }) => (uplink.kind === 'vlan' ? [[uplink.pif, new DriverError('unsupported', 'no switch')]] : []);
    const create = async () => host.ops.VLAN.create?.(host.call, { tagged_PIF: pifOf(host, 'eth1'), tag: 7, network });
    expect(await errorOf(create)).toEqual(['OPENVSWITCH_NOT_ACTIVE']);
    host.world.fail('apply', new DriverError('unreachable', 'nobody listens'), 10);
    expect((await errorOf(create))[0]).toBe('PIF_CONFIGURATION_ERROR');
    expect(image(host)).toBe(before);
  });

  test('a failure of somebody else is not its own', async () => {
    const host = await start();
    host.world.refuses = ({ uplink }) => (uplink.kind === 'nic' && uplink.device === 'eth0' ? [[uplink.pif, failed]] : []);
    await host.ops.VLAN.create?.(host.call, { tagged_PIF: pifOf(host, 'eth1'), tag: 7, network: await newNetwork(host, 'v') });
    expect(host.db.count('VLAN')).toBe(1);
  });
});

test('a VLAN beside the management puts nothing on trial', async () => {
  const host = await start();
  await host.ops.VLAN.create?.(host.call, { tagged_PIF: pifOf(host, 'eth0'), tag: 7, network: await newNetwork(host, 'v') });
  const before = host.world.desired;
  if (!before) throw new Error('nothing was told');
  expect(touchesManagement({ ...before, networks: before.networks.slice(0, 1) }, before)).toBe(false);
});

describe('many VLANs', () => {
  const request = (host: OpsHost, more: Partial<NewVlans> = {}): NewVlans => ({
    pif: pifOf(host, 'eth1'),
    allHosts: false,
    tags: Array.from({ length: 300 }, (_, i) => 100 + i),
    networkName: 'net-%d',
    networkDescription: '',
    ifMissing: false,
    ...more,
  });

  test('are one transaction here and one round on the switch, and go the same way', async () => {
    const host = await start();
    const before = image(host);
    const rounds = host.world.calls.length;
    const made = await createVlans(host.call, request(host));
    expect(made).toHaveLength(300);
    expect(made[5]).toMatchObject({ tag: 105, created: true });
    expect(host.world.calls.length - rounds).toBe(1);
    expect(new Set(told(host).map(({ bridge }) => bridge)).size).toBe(302);
    expect(host.db.byNameLabel('network', 'net-399')).toHaveLength(1);
    await destroyVlans(host.call, { ...request(host), ifPresent: false });
    expect(image(host)).toBe(before);
    expect(told(host)).toHaveLength(2);
  });

  test('are all made or none', async () => {
    const host = await start();
    const before = image(host);
    host.world.refuses = ({ uplink }) => (uplink.kind === 'vlan' && uplink.tag === 250 ? [[uplink.pif, failed]] : []);
    expect((await errorOf(() => createVlans(host.call, request(host))))[0]).toBe('PIF_CONFIGURATION_ERROR');
    expect(image(host)).toBe(before);
    expect(await errorOf(() => createVlans(host.call, request(host, { tags: [5, 4095] })))).toEqual(['VLAN_TAG_INVALID', '4095']);
    expect((await errorOf(() => createVlans(host.call, request(host, { networkName: 'same' }))))[0]).toBe('INVALID_VALUE');
    expect(image(host)).toBe(before);
  });

  test('what is there may stay', async () => {
    const host = await start();
    const first = await createVlans(host.call, request(host, { tags: [7, 8] }));
    expect(await errorOf(() => createVlans(host.call, request(host, { tags: [8, 9], networkName: 'other-%d' })))).toEqual([
      'PIF_VLAN_EXISTS',
      'eth1',
    ]);
    const again = await createVlans(host.call, request(host, { tags: [9, 8], ifMissing: true }));
    expect(again.map(({ tag, created }) => [tag, created])).toEqual([
      [9, true],
      [8, false],
    ]);
    expect(again[1]?.pifs).toEqual(first[1]?.pifs);
    expect((await errorOf(() => destroyVlans(host.call, { ...request(host, { tags: [7, 99] }), ifPresent: false })))[0]).toBe(
      'INVALID_VALUE',
    );
    expect(host.db.count('VLAN')).toBe(3);
    await destroyVlans(host.call, { ...request(host, { tags: [7, 99] }), ifPresent: true });
    expect(host.db.count('VLAN')).toBe(2);
  });
});

describe('a bond', () => {
  const bonded = async (host: OpsHost) => {
    const below = pifOf(host, 'eth1');
    const [vlan, bond] = [await newNetwork(host, 'v'), await newNetwork(host, 'b')];
    await host.ops.VLAN.create?.(host.call, { tagged_PIF: below, tag: 7, network: vlan });
    const vm = await install(host, 'guest');
    const vif = await host.vif.create(host.call, {
      args: {
        ...vifArgs,
        device: '0',
        network: host.db.need('PIF', below).network,
        VM: vm,
      },
    });
    await host.vm.start(host.call, { vm, start_paused: false, force: false });
    const ref = await host.ops.Bond.create?.(host.call, {
      network: bond,
      members: [pifOf(host, 'eth0'), below],
      MAC: '',
      mode: 'lacp',
      properties: { 'lacp-time': 'fast' },
    });
    if (ref === undefined) throw new Error('no bond');
    return { below, vlan, bond, vif, ref };
  };

  test('takes over VLANs, guests and the management, and gives them back', async () => {
    const host = await start();
    const { below, vlan, bond, vif, ref } = await bonded(host);
    expect(toldOf(host, bridgeOf(host, bond))).toMatchObject({
      uplink: { kind: 'bond', device: 'bond0', mode: 'lacp', lacpTime: 'fast', members: [{ device: 'eth0' }, { device: 'eth1' }] },
      ip: { isManagement: true, ipv4: { kind: 'static', address: '192.0.2.10', prefixLength: 24, gateway: '192.0.2.1' } },
    });
    expect(toldOf(host, bridgeOf(host, vlan))).toMatchObject({ uplink: { parent: bridgeOf(host, bond) } });
    expect(toldOf(host, 'xenbr1')).toBeUndefined();
    expect(host.db.need('VIF', vif).network).toBe(bond);
    expect(host.world.desired?.ports).toMatchObject([{ bridge: bridgeOf(host, bond) }]);
    await host.ops.Bond.destroy?.(host.call, { self: ref });
    expect(
      told(host)
        .map(({ bridge }) => bridge)
        .toSorted(),
    ).toEqual([bridgeOf(host, vlan), 'xenbr0', 'xenbr1'].toSorted());
    expect(toldOf(host, 'xenbr0')?.ip?.isManagement).toBe(true);
    // The management's was the primary member: what the bond carried is there now.
    expect(host.db.need('VIF', vif).network).toBe(host.db.need('PIF', pifOf(host, 'eth0')).network);
    expect(host.db.need('PIF', below).currently_attached).toBe(true);
  });

  test('that the switch refuses moves nobody', async () => {
    const host = await start();
    host.world.refuses = ({ uplink }) => (uplink.kind === 'bond' ? uplink.members.map(({ pif }) => [pif, failed] as const) : []);
    let before = '';
    const { network } = host;
    const attempt = async (): Promise<unknown> => {
      const bond = await network.create(host.call, {
        args: { name_label: 'b', name_description: '', MTU: 1500, other_config: {}, bridge: '', managed: true, tags: [] },
      });
      before = image(host);
      return host.ops.Bond.create?.(host.call, {
        network: bond,
        members: [pifOf(host, 'eth0'), pifOf(host, 'eth1')],
        MAC: '',
        mode: 'lacp',
        properties: {},
      });
    };
    expect((await errorOf(attempt))[0]).toBe('PIF_CONFIGURATION_ERROR');
    expect(image(host)).toBe(before);
    expect(toldOf(host, 'xenbr0')?.ip?.isManagement).toBe(true);
  });
});

test('the switch follows a record that anybody writes', async () => {
  const host = await start();
  const network = host.db.need('PIF', pifOf(host, 'eth1')).network;
  await host.db.transaction(tx => tx.update('network', network, { MTU: 9000 }));
  await new Promise(resolve => setImmediate(resolve));
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(toldOf(host, 'xenbr1')?.mtu).toBe(9000);
});

test('killed between the records and the switch, the next start tells the switch', async () => {
  const first = await start();
  const life = { dead: false };
  const second = await start({ store: first.store, world: first.world, life });
  const network = await newNetwork(second, 'v');
  const work = second.ops.VLAN.create?.(second.call, { tagged_PIF: pifOf(second, 'eth1'), tag: 7, network });
  second.db.subscribe(() => {
    life.dead = true;
  });
  await Promise.race([work, new Promise(resolve => setTimeout(resolve, 50))]);
  hosts.splice(hosts.indexOf(second), 1);
  expect(toldOf(second, bridgeOf(second, network))).toBeUndefined();
  void second.stop();
  const third = await start({ store: first.store, world: first.world });
  expect(toldOf(third, bridgeOf(third, network))).toMatchObject({ uplink: { kind: 'vlan', tag: 7 } });
});

test('plugging an interface that cannot be made leaves it unplugged', async () => {
  const host = await start();
  const self = pifOf(host, 'eth1');
  await host.ops.PIF.unplug?.(host.call, { self });
  expect(toldOf(host, 'xenbr1')).toBeUndefined();
  host.world.refuses = ({ uplink }) => (uplink.kind === 'nic' && uplink.device === 'eth1' ? [[uplink.pif, failed]] : []);
  expect((await errorOf(async () => host.ops.PIF.plug?.(host.call, { self })))[0]).toBe('PIF_CONFIGURATION_ERROR');
  expect(host.db.need('PIF', self).currently_attached).toBe(false);
});

test('snooping of multicast groups is switched for all interfaces', async () => {
  const host = await start();
  await host.ops.pool.set_igmp_snooping_enabled?.(host.call, { self: host.services.self.pool, value: true });
  expect(toldOf(host, 'xenbr1')?.igmpSnooping).toBe(true);
  expect(host.db.need('PIF', pifOf(host, 'eth1')).igmp_snooping_status).toBe('enabled');
});

test('an interface without virtual functions says so', async () => {
  const host = await start();
  const network = await newNetwork(host, 's');
  const create = async (pif: Ref<'PIF'>) => host.ops.network_sriov.create?.(host.call, { pif, network });
  const self = pifOf(host, 'eth1');
  expect(await errorOf(() => create(self))).toEqual(['PIF_IS_NOT_SRIOV_CAPABLE', self]);
});

test('a NIC is introduced by its name or its address, once', async () => {
  const host = await start();
  const self = pifOf(host, 'eth1');
  const introduce = async (MAC: string, device: string) =>
    host.ops.PIF.introduce?.(host.call, { host: host.services.self.host, MAC, device, managed: true });
  expect(await errorOf(() => introduce('', 'eth1'))).toEqual(['DUPLICATE_PIF_DEVICE_NAME', 'eth1']);
  await host.ops.PIF.forget?.(host.call, { self });
  expect(await errorOf(() => introduce('zz', ''))).toEqual(['MAC_INVALID', 'zz']);
  expect((await errorOf(() => introduce('02:00:00:00:00:99', 'eth1')))[0]).toMatch(/^COULD_NOT_FIND_NETWORK_INTERFACE/);
  const made = await introduce('02:00:00:00:00:02', '');
  expect(made && host.db.need('PIF', made).device).toBe('eth1');
});

test('a tunnel says that it is active when the switch has an end of it to another host', async () => {
  const host = await start();
  const network = await newNetwork(host, 't');
  const below = pifOf(host, 'eth0');
  await host.db.transaction(tx => tx.update('PIF', below, { ip_configuration_mode: 'Static', IP: '10.0.0.1', netmask: '255.255.255.0' }));
  const self = await host.ops.tunnel.create?.(host.call, { transport_PIF: below, network, protocol: 'gre' });
  if (self === undefined) throw new Error('no tunnel');
  const active = (): string | undefined => host.db.need('tunnel', self).status['active'];
  // Nobody else is on the network.
  expect(active()).toBe('false');
  const plug = async (): Promise<void> => {
    await host.ops.PIF.plug?.(host.call, { self: host.db.need('tunnel', self).access_PIF });
  };
  const remote = (remote_ip: string): Promise<void> =>
    host.db.transaction(tx =>
      tx.update('tunnel', self, { other_config: { remote_ip }, status: { ...tx.need('tunnel', self).status, key: '7' } }),
    );
  await remote('10.0.0.2');
  await plug();
  expect(host.db.need('tunnel', self).status).toEqual({ active: 'true', key: '7' });
  await host.ops.PIF.unplug?.(host.call, { self: host.db.need('tunnel', self).access_PIF });
  expect(active()).toBe('false');
  await plug();
  expect(active()).toBe('true');
  await remote('');
  await plug();
  expect(active()).toBe('false');
});

test('a number of bytes that no device can have is the nearest possible to the switch', async () => {
  const host = await start();
  const network = host.db.need('PIF', pifOf(host, 'eth1')).network;
  for (const [mtu, possible] of [
    [10, 68],
    [70_000, 65_521],
    [9000, 9000],
  ] as const) {
    await host.db.transaction(tx => tx.update('network', network, { MTU: mtu }));
    await host.ops.PIF.plug?.(host.call, { self: pifOf(host, 'eth1') });
    expect(toldOf(host, 'xenbr1')?.mtu).toBe(possible);
  }
});
