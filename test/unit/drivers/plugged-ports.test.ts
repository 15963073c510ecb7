// A desired state does not undo what was said of a port since it was made.

import { expect, test } from '@jest/globals';
import { noNetwork } from '../../../src/drivers/network/desired.ts';
import { PluggedPorts } from '../../../src/drivers/network/plugged-ports.ts';
import { testPort } from '../../contract/network-contract.ts';

const open = testPort({ bridge: 'a' });
const locked = { ...open, lockingMode: 'locked', ipv4Allowed: ['10.0.0.1'] } as const;
const state = { ...noNetwork, ports: [open] };

test('a lock outlives the state that was there before it', () => {
  expect(new PluggedPorts().plug(state, locked).ports).toEqual([locked]);
});

test('a state made a moment before the lock, and applied after it, opens nothing; but it says where the port is', () => {
  const plugged = new PluggedPorts();
  plugged.plug(state, locked);
  expect(plugged.apply({ ...state, ports: [{ ...open, bridge: 'b' }] }).ports).toEqual([{ ...locked, bridge: 'b' }]);
});

test('what was plugged before there is any state is remembered for the first', () => {
  const plugged = new PluggedPorts();
  expect(plugged.plug(noNetwork, locked)).toBe(noNetwork);
  expect(plugged.apply(state).ports).toEqual([locked]);
});

test('a port that was moved is not moved back', () => {
  expect(new PluggedPorts().plug(state, { ...open, bridge: 'b' }).ports).toEqual([{ ...open, bridge: 'b' }]);
});

test('what is unplugged is not in the state, and what nobody plugged here is as the state says', () => {
  const plugged = new PluggedPorts();
  expect(plugged.unplug(plugged.plug(state, locked), open.id).ports).toEqual([]);
  expect(plugged.apply(state).ports).toEqual([open]);
});
