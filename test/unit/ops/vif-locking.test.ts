// Locks of VIFs change while guests run: record and switch say the same, whatever comes in between.

import { afterEach, describe, expect, test } from '@jest/globals';
import { nullRef, type Ref } from '../../../src/lib/brand.ts';
import { errorOf, install, type OpsHost, startOpsHost } from '../../support/ops/host.ts';
import { vifArgs } from '../../support/ops/vif-args.ts';

const hosts: OpsHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

interface Setting {
  readonly host: OpsHost;
  readonly vm: Ref<'VM'>;
  readonly vif: Ref<'VIF'>;
  readonly network: Ref<'network'>;
}

const addVif = (host: OpsHost, vm: Ref<'VM'>, network: Ref<'network'>, device: string): Promise<Ref<'VIF'>> =>
  host.vif.create(host.call, {
    args: {
      ...vifArgs,
      VM: vm,
      network,
      device,
    },
  });

const setUp = async ({ running = true } = {}): Promise<Setting> => {
  const host = await startOpsHost();
  hosts.push(host);
  const vm = await install(host, 'v');
  const network = [...host.db.all('network')][0]?.[0] ?? nullRef<'network'>();
  const vif = await addVif(host, vm, network, '0');
  if (running) await host.vm.start(host.call, { vm, start_paused: false, force: false });
  return { host, vm, vif, network };
};

const onSwitch = ({ host, vif }: Setting, of = vif): unknown => {
  const port = host.world.ports.get(host.db.need('VIF', of).uuid);
  return port && [port.lockingMode, port.ipv4Allowed, port.ipv6Allowed];
};

describe('a lock', () => {
  test('follows the record, field by field', async () => {
    const setting = await setUp();
    const { vif } = setting;
    const { call } = setting.host;
    expect(onSwitch(setting)).toEqual(['unlocked', [], []]);
    await setting.host.vif.set_locking_mode(call, { self: vif, value: 'locked' });
    await setting.host.vif.set_ipv4_allowed(call, { self: vif, value: ['10.0.0.1', '10.0.0.2', '10.0.0.1'] });
    await setting.host.vif.add_ipv6_allowed(call, { self: vif, value: 'fd00::1' });
    await setting.host.vif.remove_ipv4_allowed(call, { self: vif, value: '10.0.0.1' });
    expect(onSwitch(setting)).toEqual(['locked', ['10.0.0.2'], ['fd00::1']]);
    await setting.host.vif.set_locking_mode(call, { self: vif, value: 'disabled' });
    expect(onSwitch(setting)).toEqual(['disabled', ['10.0.0.2'], ['fd00::1']]);
  });

  test('loses no address when many are added at once', async () => {
    const setting = await setUp();
    const addresses = Array.from({ length: 20 }, (_, i) => `10.0.0.${i + 1}`);
    await Promise.all(addresses.map(value => setting.host.vif.add_ipv4_allowed(setting.host.call, { self: setting.vif, value })));
    const { ipv4_allowed } = setting.host.db.need('VIF', setting.vif);
    expect([...ipv4_allowed].toSorted()).toEqual([...addresses].toSorted());
    expect(onSwitch(setting)).toEqual(['unlocked', ipv4_allowed, []]);
  });

  test('that the switch does not take is not recorded', async () => {
    const setting = await setUp();
    const { host, vif } = setting;
    host.world.fail('plug');
    await expect(host.vif.set_locking_mode(host.call, { self: vif, value: 'locked' })).rejects.toThrow(/told to fail/);
    expect(host.db.need('VIF', vif).locking_mode).toBe('network_default');
    expect(onSwitch(setting)).toEqual(['unlocked', [], []]);
  });

  test('set while the guest starts holds when it runs', async () => {
    const setting = await setUp({ running: false });
    const { host, vm, vif } = setting;
    const starting = host.vm.start(host.call, { vm, start_paused: false, force: false });
    await Promise.all([starting, host.vif.set_locking_mode(host.call, { self: vif, value: 'locked' })]);
    expect(onSwitch(setting)).toEqual(['locked', [], []]);
  });

  test('set while the VIF is unplugged, or just before, plugs nothing', async () => {
    const setting = await setUp();
    const { host, vif } = setting;
    await Promise.all([
      host.vif.unplug(host.call, { self: vif }),
      host.vif.set_locking_mode(host.call, { self: vif, value: 'locked' }),
      host.vif.set_ipv4_allowed(host.call, { self: vif, value: ['10.0.0.1'] }),
    ]);
    expect(onSwitch(setting)).toBeUndefined();
    expect(host.db.need('VIF', vif)).toMatchObject({ locking_mode: 'locked', ipv4_allowed: ['10.0.0.1'] });
    await host.vif.plug(host.call, { self: vif });
    expect(onSwitch(setting)).toEqual(['locked', ['10.0.0.1'], []]);
  });

  test.each([
    ['set_ipv4_allowed', ['10.0.0.1', 'x'], 'ipv4_allowed'],
    ['set_ipv6_allowed', ['10.0.0.1'], 'ipv6_allowed'],
  ] as const)('%s refuses what is no address, and changes nothing', async (message, value, field) => {
    const setting = await setUp();
    const { host, vif } = setting;
    expect(await errorOf(() => host.vif[message](host.call, { self: vif, value }))).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', field]);
    expect(host.db.need('VIF', vif)[field]).toEqual([]);
  });
});

describe('the default of a network', () => {
  test('is followed by the VIFs that have no mode of their own, at once', async () => {
    const setting = await setUp();
    const { host, vm, vif, network } = setting;
    const own = await addVif(host, vm, network, '1');
    await host.vif.plug(host.call, { self: own });
    await host.vif.set_locking_mode(host.call, { self: own, value: 'unlocked' });
    await host.network.set_default_locking_mode(host.call, { network, value: 'disabled' });
    expect(onSwitch(setting, vif)).toEqual(['disabled', [], []]);
    expect(onSwitch(setting, own)).toEqual(['unlocked', [], []]);
    await host.network.set_default_locking_mode(host.call, { network, value: 'unlocked' });
    expect(onSwitch(setting, vif)).toEqual(['unlocked', [], []]);
  });

  test('is as before, for all, when the switch does not take it for one', async () => {
    const setting = await setUp();
    const { host, vm, vif, network } = setting;
    const other = await addVif(host, vm, network, '1');
    await host.vif.plug(host.call, { self: other });
    host.world.fail('plug');
    await expect(host.network.set_default_locking_mode(host.call, { network, value: 'disabled' })).rejects.toThrow(/told to fail/);
    expect(host.db.need('network', network).default_locking_mode).toBe('unlocked');
    for (const each of [vif, other]) expect(onSwitch(setting, each)).toEqual(['unlocked', [], []]);
  });
});
