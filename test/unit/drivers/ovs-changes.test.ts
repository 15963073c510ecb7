// From wishes to one transaction, without a switch.

import { describe, expect, test } from '@jest/globals';
import { planBatch, pluggedVifs, type View, type Wish } from '../../../src/drivers/network/ovs/changes.ts';
import { testPort } from '../../contract/network-contract.ts';

const host = { tag: 'me', datapathType: 'netdev' } as const;
const empty: View = { bridges: new Map(), ports: new Map(), interfaces: new Map() };
const bridge: Wish = { kind: 'bridge', spec: { bridge: 'xenbr0', networkId: 'net', mtu: 1500 }, device: 'br' };
const port = testPort();
const plug: Wish = { kind: 'port', port, ifname: 'tap0', device: 'br' };
const unplug: Wish = { kind: 'no-port', vifId: port.id };
const remove: Wish = { kind: 'no-bridge', bridge: 'xenbr0', device: 'br' };

const withPort = (owner: string): View => ({
  bridges: new Map([['B', { uuid: 'B', name: 'br', ports: ['P0', 'P'], externalIds: { 'xcp-host': owner, 'xs-network-uuids': 'net' } }]]),
  ports: new Map([
    ['P0', { uuid: 'P0', name: 'br', interfaces: [], externalIds: {} }],
    ['P', { uuid: 'P', name: 'tap0', interfaces: [], externalIds: { 'xs-vif-uuid': port.id, 'xcp-host': owner } }],
  ]),
  interfaces: new Map(),
});

const tables = (view: View, ...wishes: Wish[]): unknown[] =>
  planBatch(view, host, wishes).operations.map(({ op, table }) => JSON.stringify([op, table]));

describe('a batch', () => {
  test('makes a bridge and its first port in one transaction', () => {
    const { operations, outcomes } = planBatch(empty, host, [bridge, plug]);
    expect(outcomes).toEqual([
      { kind: 'planned', interfaces: ['br'] },
      { kind: 'planned', interfaces: ['tap0'] },
    ]);
    expect(operations.find(({ table, op }) => table === 'Bridge' && op === 'insert')).toMatchObject({
      row: { datapath_type: 'netdev', fail_mode: 'standalone' },
    });
    expect(operations.filter(({ table, op }) => table === 'Port' && op === 'insert')).toMatchObject([
      { row: { name: 'br' } },
      { row: { name: 'tap0', vlan_mode: 'access' } },
    ]);
  });

  test('asks nothing of the switch for what is so already', () => {
    expect(tables(withPort('me'), bridge)).toEqual([]);
    expect(tables(empty, remove, unplug)).toEqual([]);
  });

  test('waits for no interface that it takes away again', () => {
    expect(planBatch(empty, host, [bridge, plug, unplug, remove]).outcomes.map(o => (o.kind === 'planned' ? o.interfaces : o))).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  test('refuses what cannot be, alone', () => {
    const { outcomes } = planBatch(withPort('me'), host, [remove, { ...plug, device: 'elsewhere' }, unplug, remove]);
    expect(outcomes.map(o => (o.kind === 'refused' ? o.error.kind : 'fine'))).toEqual(['in-use', 'not-found', 'fine', 'fine']);
  });

  test("touches nothing of another host's", () => {
    expect(pluggedVifs(withPort('other'), 'me')).toEqual([]);
    expect(tables(withPort('other'), unplug, remove)).toEqual([]);
  });
});
