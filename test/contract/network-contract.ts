// What every network driver must do. Run by the simulator here and by Open vSwitch in the lab.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { NetworkDriver, VifPort } from '../../src/drivers/network.ts';

export interface NetworkHarness extends AsyncDisposable {
  /** A driver as a fresh process would have it; ports survive if the switch does. */
  driver(): NetworkDriver;
  readonly survivesRestart: boolean;
}

const bridge = 'xenbr0';
const port = (more: Partial<VifPort> = {}): VifPort => ({
  id: randomUUID(),
  vmId: randomUUID(),
  bridge,
  device: '0',
  mac: '02:00:00:00:00:02',
  mtu: 1500,
  lockingMode: 'unlocked',
  ipv4Allowed: [],
  ipv6Allowed: [],
  ...more,
});

export const networkContract = (make: () => Promise<NetworkHarness>): void => {
  let harness: NetworkHarness;
  let network: NetworkDriver;
  const ensure = () => network.ensureBridge({ bridge, networkId: randomUUID(), mtu: 1500 });

  beforeEach(async () => {
    harness = await make();
    network = harness.driver();
  });
  afterEach(async () => {
    await network.close();
    await harness[Symbol.asyncDispose]();
  });

  test('says what it is', async () => {
    expect(await network.probe()).toMatchObject({ kind: expect.stringMatching(/ovs|sim/), version: expect.stringMatching(/\d/) });
  });

  test('knows exactly one management interface', async () => {
    expect((await network.interfaces()).filter(({ management }) => management)).toHaveLength(1);
  });

  test('makes a bridge and removes it, each as often as it is asked', async () => {
    await ensure();
    await ensure();
    await network.removeBridge(bridge);
    await network.removeBridge(bridge);
  });

  test('plugs and unplugs, each as often as it is asked', async () => {
    await ensure();
    const vif = port();
    const attachment = await network.plug(vif);
    expect(attachment.kind).toBe('tap');
    expect(await network.plug(vif)).toEqual(attachment);
    expect(await network.ports()).toEqual([vif.id]);
    await network.unplug(vif.id);
    await network.unplug(vif.id);
    expect(await network.ports()).toEqual([]);
  });

  test('moves a port to another bridge', async () => {
    await ensure();
    await network.ensureBridge({ bridge: 'xenbr1', networkId: randomUUID(), mtu: 1500 });
    const vif = port();
    await network.plug(vif);
    await network.plug({ ...vif, bridge: 'xenbr1' });
    await network.removeBridge(bridge);
    await expect(network.removeBridge('xenbr1')).rejects.toMatchObject({ kind: 'in-use' });
    await network.unplug(vif.id);
    await network.removeBridge('xenbr1');
  });

  test('keeps a bridge while ports are on it, and says so by its name', async () => {
    await ensure();
    const vif = port();
    await network.plug(vif);
    await expect(network.removeBridge(bridge)).rejects.toMatchObject({ kind: 'in-use', message: expect.stringContaining(bridge) });
    await network.unplug(vif.id);
    await network.removeBridge(bridge);
  });

  test('fails only the guilty of calls made at once', async () => {
    await ensure();
    const [good, bad, other] = [port(), port({ bridge: 'nowhere' }), port()];
    const results = await Promise.allSettled([network.plug(good), network.plug(bad), network.plug(other), network.unplug(other.id)]);
    expect(results.map(r => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { kind: 'not-found', message: expect.stringContaining('nowhere') } });
    expect(await network.ports()).toEqual([good.id]);
  });

  test('keeps the NIC of a port, whatever its lock: it changes while the guest runs', async () => {
    await ensure();
    const vif = port();
    const attachment = await network.plug(vif);
    for (const lockingMode of ['disabled', 'locked', 'disabled', 'unlocked', 'locked'] as const) {
      expect(await network.plug({ ...vif, lockingMode, ipv4Allowed: ['10.0.0.1'] })).toEqual(attachment);
      expect(await network.ports()).toEqual([vif.id]);
    }
    await network.unplug(vif.id);
    expect(await network.ports()).toEqual([]);
    await network.removeBridge(bridge);
  });

  test('holds locked ports at their networks as any other', async () => {
    await ensure();
    await network.ensureBridge({ bridge: 'xenbr1', networkId: randomUUID(), mtu: 1500 });
    const [vif, other] = [port({ lockingMode: 'locked' }), port({ lockingMode: 'disabled' })];
    await Promise.all([network.plug(vif), network.plug(other)]);
    await expect(network.removeBridge(bridge)).rejects.toMatchObject({ kind: 'in-use' });
    await Promise.all([network.plug({ ...vif, bridge: 'xenbr1' }), network.unplug(other.id)]);
    await network.removeBridge(bridge);
    await expect(network.removeBridge('xenbr1')).rejects.toMatchObject({ kind: 'in-use' });
    await network.unplug(vif.id);
    await network.removeBridge('xenbr1');
  });

  test('finds its ports after a restart', async () => {
    if (!harness.survivesRestart) return;
    await ensure();
    const vifs = Array.from({ length: 5 }, () => port());
    await Promise.all(vifs.map(vif => network.plug(vif)));
    await network.close();
    network = harness.driver();
    expect((await network.ports()).toSorted()).toEqual(vifs.map(({ id }) => id).toSorted());
    await Promise.all(vifs.map(({ id }) => network.unplug(id)));
    expect(await network.ports()).toEqual([]);
  });
};

export { port as testPort };
