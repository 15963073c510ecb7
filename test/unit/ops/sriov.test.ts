// Networks of virtual functions, on NICs of a made sysfs: what is enabled, recorded, refused and taken back; a start after a reboot.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PhysicalInterface } from '../../../src/drivers/network.ts';
import { hostVirtualFunctions } from '../../../src/drivers/network/host/virtual-functions.ts';
import { createSimNetwork } from '../../../src/drivers/network/sim/driver.ts';
import type { Ref } from '../../../src/lib/brand.ts';
import { NicTree } from '../../support/nic-tree.ts';
import { errorOf, install, type OpsHost, startOpsHost } from '../../support/ops/host.ts';
import { vifArgs } from '../../support/ops/vif-args.ts';

const nic = (number: number, more: Partial<PhysicalInterface> = {}): PhysicalInterface => ({
  device: `eth${number}`,
  mac: `02:00:00:00:00:0${number}`,
  mtu: 1500,
  carrier: true,
  ipv4: [],
  ipv6: [],
  dns: [],
  management: number === 0,
  ...more,
});
const pci = { busPath: '0000:05:00.0', vendorId: '8086', vendorName: 'Intel Corporation', deviceId: '10fb', deviceName: '82599ES' };
const place = 'pci0000:00/0000:05:00.0';
const numvfs = `devices/${place}/sriov_numvfs`;

let tree: NicTree;
let host: OpsHost;
const start = (more: Parameters<typeof startOpsHost>[0] = {}): Promise<OpsHost> => {
  const interfaces = [nic(0), nic(1, { pci, canSriov: true, speedMbps: 10_000, fullDuplex: true }), nic(2)];
  return startOpsHost({ driver: createSimNetwork({ interfaces, virtualFunctions: hostVirtualFunctions(tree.root) }), ...more });
};
const pifOf = (device: string): Ref<'PIF'> => {
  for (const [ref, pif] of host.db.all('PIF')) if (pif.device === device && pif.physical) return ref;
  throw new Error(`no PIF ${device}`);
};
const newNetwork = async (): Promise<Ref<'network'>> =>
  host.network.create(host.call, {
    args: { name_label: 'functions', name_description: '', MTU: 1500, other_config: {}, bridge: '', managed: true, tags: [] },
  });
const create = async (pif: Ref<'PIF'>, network: Ref<'network'>): Promise<Ref<'network_sriov'>> => {
  const made = await host.ops.network_sriov.create?.(host.call, { pif, network });
  if (made === undefined) throw new Error('there is no such message');
  return made;
};
const capacity = async (self: Ref<'network_sriov'>) => host.ops.network_sriov.get_remaining_capacity?.(host.call, { self });

beforeEach(async () => {
  tree = new NicTree();
  tree.add('eth1', { place, totalVfs: 8 });
  host = await start();
});
afterEach(async () => {
  await host.stop();
  tree[Symbol.dispose]();
});

test('what a NIC is stands in its metrics, and what it can in its capabilities', () => {
  const { capabilities, metrics } = host.db.need('PIF', pifOf('eth1'));
  expect(capabilities).toEqual(['sriov']);
  expect(host.db.need('PIF_metrics', metrics)).toMatchObject({
    carrier: true,
    speed: 10_000,
    duplex: true,
    vendor_id: '8086',
    vendor_name: 'Intel Corporation',
    device_id: '10fb',
    device_name: '82599ES',
    pci_bus_path: '0000:05:00.0',
  });
  const plain = host.db.need('PIF', pifOf('eth2'));
  expect(plain.capabilities).toEqual([]);
  expect(host.db.need('PIF_metrics', plain.metrics)).toMatchObject({ vendor_id: '', vendor_name: '', device_id: '', pci_bus_path: '' });
});

test('made: the functions are there, with an interface of their own that is on no switch; destroyed: nothing is left', async () => {
  const network = await newNetwork();
  const sriov = await create(pifOf('eth1'), network);
  expect(tree.read(numvfs)).toBe('8');
  const record = host.db.need('network_sriov', sriov);
  expect(record).toMatchObject({ physical_PIF: pifOf('eth1'), requires_reboot: false, configuration_mode: 'sysfs' });
  expect(host.db.need('PIF', record.logical_PIF)).toMatchObject({
    device: 'eth1',
    physical: false,
    currently_attached: true,
    network,
    sriov_logical_PIF_of: [sriov],
  });
  expect(host.db.need('PIF', pifOf('eth1')).sriov_physical_PIF_of).toEqual([sriov]);
  expect(await capacity(sriov)).toBe(8);
  await host.ops.network_sriov.destroy?.(host.call, { self: sriov });
  expect(tree.read(numvfs)).toBe('0');
  expect([host.db.count('network_sriov'), host.db.get('PIF', record.logical_PIF)]).toEqual([0, undefined]);
  expect(host.db.need('PIF', pifOf('eth1')).sriov_physical_PIF_of).toEqual([]);
});

test('a guest on such a network is refused at its start, in words', async () => {
  const network = await newNetwork();
  await create(pifOf('eth1'), network);
  const vm = await install(host, 'guest');
  await host.vif.create(host.call, {
    args: {
      ...vifArgs,
      device: '0',
      network,
      VM: vm,
    },
  });
  const [code, reason] = await errorOf(async () => host.vm.start(host.call, { vm, start_paused: false, force: false }));
  expect([code, reason]).toEqual(['OPERATION_NOT_ALLOWED', expect.stringMatching(/'functions' is one of virtual functions/)]);
  expect(host.db.need('VM', vm).power_state).toBe('Halted');
});

describe('refused, with nothing changed', () => {
  const refused = async (pif: Ref<'PIF'>, network: Ref<'network'>): Promise<readonly string[]> => {
    const before = [host.db.count('PIF'), host.db.count('network_sriov')];
    const error = await errorOf(() => create(pif, network));
    expect([host.db.count('PIF'), host.db.count('network_sriov')]).toEqual(before);
    return error;
  };

  test('a NIC that cannot', async () => {
    expect(await refused(pifOf('eth2'), await newNetwork())).toEqual(['PIF_IS_NOT_SRIOV_CAPABLE', pifOf('eth2')]);
  });

  test('one that does already, an interface that is no NIC', async () => {
    const sriov = await create(pifOf('eth1'), await newNetwork());
    expect(await refused(pifOf('eth1'), await newNetwork())).toEqual(['NETWORK_SRIOV_ALREADY_ENABLED', pifOf('eth1')]);
    const { logical_PIF: logical } = host.db.need('network_sriov', sriov);
    expect(await refused(logical, await newNetwork())).toEqual(['PIF_IS_NOT_PHYSICAL', logical]);
  });

  test('a network that is on the host by another interface', async () => {
    const { network } = host.db.need('PIF', pifOf('eth2'));
    expect((await refused(pifOf('eth1'), network))[0]).toBe('NETWORK_ALREADY_CONNECTED');
  });

  test('what the kernel does not do', async () => {
    rmSync(join(tree.root, numvfs));
    mkdirSync(join(tree.root, numvfs));
    const [code, pif, reason] = await refused(pifOf('eth1'), await newNetwork());
    expect([code, pif, reason]).toEqual(['NETWORK_SRIOV_ENABLE_FAILED', pifOf('eth1'), expect.stringContaining('EISDIR')]);
  });
});

test('nothing stands on virtual functions, and their NIC stays', async () => {
  const sriov = await create(pifOf('eth1'), await newNetwork());
  const { logical_PIF: logical } = host.db.need('network_sriov', sriov);
  const network = await newNetwork();
  const { PIF: pif, VLAN: vlan, tunnel } = host.ops;
  expect(await errorOf(async () => vlan.create?.(host.call, { tagged_PIF: logical, tag: 7, network }))).toEqual([
    'PIF_IS_SRIOV_LOGICAL',
    logical,
  ]);
  expect(await errorOf(async () => tunnel.create?.(host.call, { transport_PIF: logical, network, protocol: 'gre' }))).toEqual([
    'CANNOT_ADD_TUNNEL_TO_SRIOV_LOGICAL',
    logical,
  ]);
  expect(await errorOf(async () => pif.forget?.(host.call, { self: logical }))).toEqual(['CANNOT_FORGET_SRIOV_LOGICAL', logical]);
  expect(await errorOf(async () => pif.forget?.(host.call, { self: pifOf('eth1') }))).toEqual(['PIF_SRIOV_STILL_EXISTS', pifOf('eth1')]);
});

test('unplugged, the functions are gone; plugged, they are back; unplugged they stay gone over a start', async () => {
  const sriov = await create(pifOf('eth1'), await newNetwork());
  const { logical_PIF: logical } = host.db.need('network_sriov', sriov);
  await host.ops.PIF.unplug?.(host.call, { self: logical });
  expect([tree.read(numvfs), await capacity(sriov)]).toEqual(['0', 0]);
  await host.ops.PIF.plug?.(host.call, { self: logical });
  expect([tree.read(numvfs), await capacity(sriov)]).toEqual(['8', 8]);
  await host.ops.PIF.unplug?.(host.call, { self: logical });
  await host.stop();
  host = await start({ store: host.store, world: host.world });
  expect(tree.read(numvfs)).toBe('0');
});

test('a start gives back what a reboot of the machine took', async () => {
  const sriov = await create(pifOf('eth1'), await newNetwork());
  await host.stop();
  tree.file(numvfs, '0');
  host = await start({ store: host.store, world: host.world });
  expect(tree.read(numvfs)).toBe('8');
  expect(await capacity(sriov)).toBe(8);
});

test('a property of a NIC: known values, on the switch at once, those of a bond on its members too', async () => {
  const set = async (self: Ref<'PIF'>, name: string, value: string) => host.ops.PIF.set_property?.(host.call, { self, name, value });
  await set(pifOf('eth2'), 'gro', 'off');
  expect(host.db.need('PIF', pifOf('eth2')).properties).toEqual({ gro: 'off' });
  expect(await errorOf(() => set(pifOf('eth2'), 'gro', 'perhaps'))).toEqual(['INVALID_VALUE', 'properties', 'gro = perhaps']);
  expect(await errorOf(() => set(pifOf('eth2'), 'tso', 'on'))).toEqual(['INVALID_VALUE', 'properties', 'tso = on']);
  const applied = (): readonly (false | undefined)[] => {
    const { network: driver } = host.services;
    return 'state' in driver ? (driver as ReturnType<typeof createSimNetwork>).state().applied.networks.map(({ gro }) => gro) : [];
  };
  expect(applied().filter(gro => gro === false)).toHaveLength(1);
  const bond = await host.ops.Bond.create?.(host.call, {
    network: await newNetwork(),
    members: [pifOf('eth1'), pifOf('eth2')],
    MAC: '',
    mode: 'active-backup',
    properties: {},
  });
  if (bond === undefined) throw new Error('there is no such message');
  await set(host.db.need('Bond', bond).master, 'gro', 'off');
  expect(['eth1', 'eth2'].map(device => host.db.need('PIF', pifOf(device)).properties['gro'])).toEqual(['off', 'off']);
});
