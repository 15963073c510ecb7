// The Xen driver between two real Xen hosts: the part of the hypervisor's contract that is about moving.

import { afterAll, beforeAll, jest, test } from '@jest/globals';
import { hypervisorContract } from '../../contract/hypervisor-contract.ts';
import { missing, xenImage } from '../support/xen/image.ts';
import { bootXenPair, type XenMachine } from '../support/xen/machine.ts';
import { makeXenWorld } from '../support/xen/world.ts';

const MEMORY_MIB = 1792;

const reason = await missing();
if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(30 * 60_000);
  let left: XenMachine;
  let right: XenMachine;
  beforeAll(async () => {
    [left, right] = await bootXenPair(await xenImage(), { memoryMib: MEMORY_MIB });
  });
  afterAll(async () => {
    await right[Symbol.asyncDispose]();
    await left[Symbol.asyncDispose]();
  });

  hypervisorContract('xen, two hosts', () => makeXenWorld(left.dom0, 'pv', right.dom0), { only: 'moving' });
}
