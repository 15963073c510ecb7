// What every network driver that has a switch must make of a desired state. Run by the simulator here and by Open vSwitch in the lab.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { HostedNetwork, HostNetwork, NetworkDriver, Uplink } from '../../src/drivers/network.ts';
import { testPort, type NetworkHarness } from './network-contract.ts';

export const testNetwork = (bridge: string, uplink: Uplink = { kind: 'none' }, more: Partial<HostedNetwork> = {}): HostedNetwork => ({
  bridge,
  networkId: randomUUID(),
  mtu: 1500,
  uplink,
  ...more,
});

export const testVlan = (bridge: string, parent: string, tag: number): HostedNetwork =>
  testNetwork(bridge, { kind: 'vlan', pif: randomUUID(), parent, tag });

const state = (networks: readonly HostedNetwork[], ports: HostNetwork['ports'] = []): HostNetwork => ({ networks, ports });

const pifOf = ({ uplink }: HostedNetwork): string => (uplink.kind === 'none' ? '' : uplink.pif);

export const desiredStateContract = (make: () => Promise<NetworkHarness>): void => {
  let harness: NetworkHarness;
  let network: NetworkDriver;

  beforeEach(async () => {
    harness = await make();
    network = harness.driver();
  });
  afterEach(async () => {
    await Promise.all((await network.ports()).map(id => network.unplug(id)));
    await network.apply(state([]));
    await network.close();
    await harness[Symbol.asyncDispose]();
  });

  test('makes networks and VLANs above them, as often as it is asked', async () => {
    const desired = state([testVlan('xapi1', 'xenbr0', 100), testNetwork('xenbr0'), testVlan('xapi2', 'xenbr0', 200)]);
    expect((await network.apply(desired)).size).toBe(0);
    expect((await network.apply(desired)).size).toBe(0);
    for (const bridge of ['xenbr0', 'xapi1', 'xapi2']) expect((await network.plug(testPort({ bridge }))).kind).toBe('tap');
    expect(await network.ports()).toHaveLength(3);
  });

  test('what is no longer wished for goes, and with it what guests could be plugged into', async () => {
    const below = testNetwork('xenbr0');
    await network.apply(state([below, testVlan('xapi1', 'xenbr0', 100)]));
    await network.apply(state([below]));
    await expect(network.plug(testPort({ bridge: 'xapi1' }))).rejects.toMatchObject({ kind: 'not-found' });
    await network.apply(state([]));
    await expect(network.plug(testPort({ bridge: 'xenbr0' }))).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('blames what cannot be made, and makes the rest', async () => {
    const orphan = testVlan('xapi1', 'nowhere', 100);
    const failures = await network.apply(state([orphan, testNetwork('xenbr0'), testVlan('xapi2', 'xenbr0', 200)]));
    expect([...failures.keys()]).toEqual([pifOf(orphan)]);
    expect(failures.get(pifOf(orphan))?.message).toMatch(/nowhere/);
    await network.plug(testPort({ bridge: 'xapi2' }));
  });

  test('refuses one tag twice on one bridge, and only there', async () => {
    const [first, twin, other] = [testVlan('xapi1', 'xenbr0', 7), testVlan('xapi2', 'xenbr0', 7), testVlan('xapi3', 'xenbr1', 7)];
    const failures = await network.apply(state([testNetwork('xenbr0'), testNetwork('xenbr1'), first, twin, other]));
    expect([...failures.keys()]).toEqual([pifOf(twin)]);
  });

  test('of states applied at once the last one counts for all', async () => {
    const below = testNetwork('xenbr0');
    const vlans = Array.from({ length: 20 }, (_, i) => testVlan(`xapi${i + 1}`, 'xenbr0', i + 1));
    const results = await Promise.all(vlans.map((_, i) => network.apply(state([below, ...vlans.slice(0, i + 1)]))));
    expect(results.every(({ size }) => size === 0)).toBe(true);
    await network.plug(testPort({ bridge: 'xapi20' }));
  });

  test('moves the ports of guests to where they belong, and keeps a bridge that guests are on', async () => {
    const networks = [testNetwork('xenbr0'), testVlan('xapi1', 'xenbr0', 5), testNetwork('xenbr1')];
    await network.apply(state(networks));
    const [moved, stays] = [testPort({ bridge: 'xapi1' }), testPort({ bridge: 'xenbr0' })];
    for (const vif of [moved, stays]) await network.plug(vif);
    await network.apply(state(networks, [{ ...moved, bridge: 'xenbr1' }]));
    await expect(network.removeBridge('xenbr1')).rejects.toMatchObject({ kind: 'in-use' });
    await network.apply(state([testNetwork('xenbr1')]));
    expect((await network.ports()).toSorted()).toEqual([moved.id, stays.id].toSorted());
  });

  test('a bridge made on demand stays until it is removed', async () => {
    await network.ensureBridge({ bridge: 'xapi9', networkId: randomUUID(), mtu: 1500 });
    await network.apply(state([testNetwork('xenbr0')]));
    await network.plug(testPort({ bridge: 'xapi9' }));
    await expect(network.removeBridge('xapi9')).rejects.toMatchObject({ kind: 'in-use' });
  });

  test('an abort ends the waiting', async () => {
    const reason = new Error('no longer interested');
    await expect(network.apply(state([testNetwork('xenbr0')]), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
};
