// The simulated network against the contract, and the user-mode network's own rules.

import { describe, expect, test } from '@jest/globals';
import { createSimNetwork } from '../../src/drivers/network/sim/driver.ts';
import { createUserNetwork } from '../../src/drivers/network/user/driver.ts';
import { networkContract, testPort } from './network-contract.ts';

describe('simulated network', () => {
  networkContract(async () => ({ driver: () => createSimNetwork(), survivesRestart: false, [Symbol.asyncDispose]: async () => undefined }));

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
  });
});
