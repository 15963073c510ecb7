// Whether a guest on Xen that does not take a device only has not come so far.

import { expect, test } from '@jest/globals';
import { isBooting } from '../../../src/drivers/hypervisor/xen/hotplug.ts';

const backend = '/local/domain/0/backend/qdisk/5/51760';
/** States by device: `qdisk/51712`. */
const store = (states: Readonly<Record<string, string>>) => ({
  list: (path: string) =>
    Promise.resolve(
      Object.keys(states)
        .filter(device => path === `/local/domain/0/backend/${device.split('/')[0]}/5`)
        .map(device => device.split('/')[1] ?? ''),
    ),
  readText: (path: string) => {
    const [kind, , name] = path.slice('/local/domain/0/backend/'.length).split('/');
    return Promise.resolve(states[`${kind}/${name}`]);
  },
});

test.each([
  ['no other device tells', { 'qdisk/51760': '2' }, false],
  ['its disk is not taken either', { 'qdisk/51712': '2', 'qdisk/51760': '2' }, true],
  ['neither disk nor card is', { 'qdisk/51712': '2', 'vif/0': '2' }, true],
  ['its disk is taken', { 'qdisk/51712': '4', 'qdisk/51760': '2' }, false],
  ['its card is taken', { 'qdisk/51712': '2', 'vif/0': '4' }, false],
] as const)('%s', async (_case, states, booting) => {
  expect(await isBooting(store(states), 5, backend)).toBe(booting);
});
