// Locked VIFs on the draft of a change: behind the guard bridge, with doors to their networks, and back.

import { describe, expect, test } from '@jest/globals';
import { planBatch, type Wish } from '../../../src/drivers/network/ovs/changes.ts';
import type { View } from '../../../src/drivers/network/ovs/draft.ts';
import { doorsOf, guardDevice, guardedPorts } from '../../../src/drivers/network/ovs/guard/layout.ts';
import type { Host } from '../../../src/drivers/network/ovs/host.ts';
import type { VifPort } from '../../../src/drivers/network.ts';
import { testPort } from '../../contract/network-contract.ts';
import { SwitchModel } from './switch-model.ts';

const names = {
  bridge: (name: string) => name,
  bond: (name: string) => name,
  tunnel: (bridge: string, remote: string) => `${bridge}-${remote}`,
};
const host: Host = { tag: 'me', datapathType: 'netdev', names, takes: () => true };
const guard = guardDevice('me');
const bridge = (name: string): Wish => ({ kind: 'bridge', spec: { bridge: name, networkId: `net-${name}`, mtu: 1500 } });
const plug = (port: VifPort, ifname = 'tap0'): Wish => ({ kind: 'port', port, ifname });
const unlocked = testPort({ bridge: 'br' });
const locked: VifPort = { ...unlocked, lockingMode: 'locked', ipv4Allowed: ['10.0.0.1'] };
const other = testPort({ bridge: 'br', lockingMode: 'locked', ipv4Allowed: ['10.0.0.2'] });

const leaving = (view: View, ...wishes: readonly Wish[]): readonly string[] => planBatch(view, host, wishes).leaving;

/** A switch after these batches, one by one. */
const after = (...batches: readonly (readonly Wish[])[]): SwitchModel => {
  const model = new SwitchModel();
  for (const wishes of batches) model.apply(planBatch(model.view, host, wishes).operations);
  return model;
};

describe('a locked VIF', () => {
  test('has its tap on a bridge that passes nothing by itself, and its doors', () => {
    const model = after([bridge('br'), plug(locked)]);
    const { inner, outer } = doorsOf('tap0', 'br');
    expect(model.portsOf(guard)).toEqual([guard, inner, 'tap0'].toSorted());
    expect(model.portsOf('br')).toEqual(['br', outer].toSorted());
    expect(model.bridge(guard)).toMatchObject({ fail_mode: 'secure' });
    expect(model.bridge('br')).toMatchObject({ fail_mode: 'standalone' });
    expect(model.port(outer)).toMatchObject({ vlan_mode: 'access' });
    expect(model.interface(outer)).toMatchObject({ type: 'patch', options: { peer: inner } });
    expect(model.interface(inner)).toMatchObject({ type: 'patch', options: { peer: outer } });
  });

  test('tells its rules from the database alone', () => {
    const ports = guardedPorts(after([bridge('br'), plug(locked)]).view, 'me');
    expect([...ports.values()]).toMatchObject([
      { vifId: locked.id, mode: 'locked', tap: 1, door: 2, identity: { mac: locked.mac, ipv4: ['10.0.0.1'], ipv6: [] } },
    ]);
  });

  test('has no rules under a number that the switch did not give', () => {
    const model = after([bridge('br'), plug(locked)]);
    model.renumber('tap0', 7);
    expect(guardedPorts(model.view, 'me').size).toBe(0);
  });

  test('costs nothing when it is so already', () => {
    const { view } = after([bridge('br'), plug(locked), plug(other, 'tap1')]);
    expect(planBatch(view, host, [plug(locked), plug(other, 'tap1')])).toMatchObject({ operations: [], leaving: [] });
  });

  test('keeps its numbers when its addresses change, and its rules until then', () => {
    const model = after([bridge('br'), plug(locked)]);
    const changed = { ...locked, ipv4Allowed: ['10.0.0.9'] };
    expect(leaving(model.view, plug(changed))).toEqual([]);
    model.apply(planBatch(model.view, host, [plug(changed)]).operations);
    expect([...guardedPorts(model.view, 'me').values()]).toMatchObject([{ tap: 1, door: 2, identity: { ipv4: ['10.0.0.9'] } }]);
  });

  test('was unlocked, is locked, and is unlocked again: the same tap, and nothing left', () => {
    const start = after([bridge('br'), plug(unlocked)]);
    const there = after([bridge('br'), plug(unlocked)], [plug(locked)]);
    expect(there.portsOf('br')).not.toContain('tap0');
    expect(leaving(there.view, plug(unlocked))).toEqual([locked.id]);
    const back = after([bridge('br'), plug(unlocked)], [plug(locked)], [plug(unlocked)]);
    expect(back.content).toEqual(start.content);
  });

  test('moves with new doors, since the switch does not find a peer that moved', () => {
    const model = after([bridge('br'), bridge('br2'), plug(locked)], [plug({ ...locked, bridge: 'br2' })]);
    expect(model.portsOf('br')).toEqual(['br']);
    expect(model.portsOf('br2')).toContain(doorsOf('tap0', 'br2').outer);
    expect(model.portsOf(guard)).toEqual([guard, doorsOf('tap0', 'br2').inner, 'tap0'].toSorted());
  });

  test('follows when its network becomes a VLAN on another, though nobody names it', () => {
    const model = after([bridge('br'), bridge('below'), plug(locked)]);
    const network = { bridge: 'br', networkId: 'net-br', mtu: 1500, uplink: { kind: 'vlan', pif: 'P', parent: 'below', tag: 7 } } as const;
    const below = { bridge: 'below', networkId: 'net-below', mtu: 1500, uplink: { kind: 'none' } } as const;
    const state: Wish = { kind: 'state', desired: { networks: [below, network], ports: [] }, options: { onDemand: new Map() } };
    model.apply(planBatch(model.view, host, [state]).operations);
    const { inner, outer } = doorsOf('tap0', 'below');
    expect(model.portsOf('below')).toContain(outer);
    expect(model.port(outer)).toMatchObject({ tag: 7 });
    expect(model.portsOf(guard)).toEqual([guard, inner, 'tap0'].toSorted());
    expect(guardedPorts(model.view, 'me').size).toBe(1);
  });

  test('goes with all it has; the guard with the last', () => {
    const model = after([bridge('br'), plug(locked), plug(other, 'tap1')], [{ kind: 'no-port', vifId: locked.id }]);
    expect(model.portsOf(guard)).toHaveLength(3);
    model.apply(planBatch(model.view, host, [{ kind: 'no-port', vifId: other.id }]).operations);
    expect(model.portsOf('br')).toEqual(['br']);
    expect(model.bridge(guard)).toBeUndefined();
  });

  test('gets no number that rules on the switch still name', () => {
    const model = new SwitchModel();
    const careful = { ...host, numbersInRules: () => new Set([1, 3]) };
    model.apply(planBatch(model.view, careful, [bridge('br'), plug(locked)]).operations);
    expect([...guardedPorts(model.view, 'me').values()]).toMatchObject([{ tap: 5, door: 6 }]);
  });

  test('stays on its guard whatever else is desired', () => {
    const model = after([bridge('br'), plug(locked)]);
    const before = model.content;
    const desired = { networks: [{ bridge: 'br', networkId: 'net-br', mtu: 1500, uplink: { kind: 'none' } } as const], ports: [locked] };
    model.apply(planBatch(model.view, host, [{ kind: 'state', desired, options: { onDemand: new Map() } }]).operations);
    expect(model.content).toEqual(before);
    // And is locked by a state that says so.
    const open = after([bridge('br'), plug(unlocked)]);
    open.apply(planBatch(open.view, host, [{ kind: 'state', desired, options: { onDemand: new Map() } }]).operations);
    expect(open.content).toEqual(before);
  });
});
