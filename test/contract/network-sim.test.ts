// The simulated network against the contract, and the user-mode network's own rules.

import { describe, expect, test } from '@jest/globals';
import { createSimNetwork } from '../../src/drivers/network/sim/driver.ts';
import { createUserNetwork } from '../../src/drivers/network/user/driver.ts';
import { networkContract, testPort, type NetworkHarness } from './network-contract.ts';
import { desiredStateContract, testNetwork, testVlan } from './network-desired-contract.ts';

const simulated = async (): Promise<NetworkHarness> => ({
  driver: () => createSimNetwork(),
  survivesRestart: false,
  [Symbol.asyncDispose]: async () => undefined,
});

describe('simulated network', () => {
  networkContract(simulated);
  desiredStateContract(simulated);

  test('shows what it holds, and gathers', async () => {
    const network = createSimNetwork();
    const states = [1, 2, 3].map(tag => ({ networks: [testNetwork('xenbr0'), testVlan('xapi1', 'xenbr0', tag)], ports: [] }));
    await Promise.all(states.map(state => network.apply(state)));
    expect(network.state()).toMatchObject({ applied: states[2], rounds: 1 });
    expect(JSON.parse(JSON.stringify(network.state()))).toEqual(network.state());
  });

  test('a network fails alone when it is told to', async () => {
    const error = { kind: 'failed', message: 'no such device' } as const;
    const network = createSimNetwork({ faults: [{ method: 'apply', object: 'xapi1', count: 1, error }] });
    const state = { networks: [testNetwork('xenbr0'), testVlan('xapi1', 'xenbr0', 1)], ports: [] };
    expect([...(await network.apply(state)).values()]).toMatchObject([error]);
    expect((await network.apply(state)).size).toBe(0);
  });

  test('tells what happens to the machine', async () => {
    const network = createSimNetwork();
    const heard: string[] = [];
    const stop = network.onEvent(event => heard.push(event.kind));
    network.tell({ kind: 'bonds' });
    stop();
    network.tell({ kind: 'bonds' });
    expect(heard).toEqual(['bonds']);
  });

  test('fails as its rules say', async () => {
    const error = { kind: 'timeout', message: 'the switch is silent' } as const;
    const network = createSimNetwork({ faults: [{ method: 'plug', count: 1, error }] });
    await network.ensureBridge({ bridge: 'xenbr0', networkId: 'n', mtu: 1500 });
    const vif = testPort();
    await expect(network.plug(vif)).rejects.toMatchObject(error);
    await network.plug(vif);
  });
});

describe('user-mode network', () => {
  test('says what guests lack and why', async () => {
    const network = createUserNetwork({ reason: 'nobody installed a switch' });
    expect((await network.probe()).degraded).toMatch(/nobody installed a switch/);
    const vif = testPort();
    expect(await network.plug(vif)).toEqual({ kind: 'user' });
    expect(await network.plug({ ...vif, lockingMode: 'disabled' })).toEqual({ kind: 'none' });
    await expect(network.plug({ ...vif, lockingMode: 'locked' })).rejects.toMatchObject({ kind: 'unsupported' });
    await expect(network.removeBridge('xenbr0')).rejects.toMatchObject({ kind: 'in-use' });
    await network.unplug(vif.id);
    await network.removeBridge('xenbr0');
    const vlan = testVlan('xapi1', 'xenbr0', 5);
    const failures = await network.apply({ networks: [testNetwork('xenbr0'), vlan], ports: [] });
    expect([...failures.values()]).toMatchObject([{ kind: 'unsupported', message: expect.stringMatching(/Open vSwitch/) }]);
  });
});
