// From wishes to one transaction, without a switch.

import { describe, expect, test } from '@jest/globals';
import { planBatch, pluggedVifs, type Wish } from '../../../src/drivers/network/ovs/changes.ts';
import type { View } from '../../../src/drivers/network/ovs/draft.ts';
import type { Host } from '../../../src/drivers/network/ovs/host.ts';
import { testPort } from '../../contract/network-contract.ts';

const names = {
  bridge: (name: string) => name,
  bond: (name: string) => name,
  tunnel: (bridge: string, remote: string) => `${bridge}-${remote}`,
};
const host: Host = { tag: 'me', datapathType: 'netdev', names, takes: () => true };
const empty: View = { bridges: new Map(), ports: new Map(), interfaces: new Map() };
const bridge: Wish = { kind: 'bridge', spec: { bridge: 'br', networkId: 'net', mtu: 1500 } };
const port = testPort({ bridge: 'br' });
const plug: Wish = { kind: 'port', port, ifname: 'tap0' };
const unplug: Wish = { kind: 'no-port', vifId: port.id };
const remove: Wish = { kind: 'no-bridge', bridge: 'br' };

const columns = { external_ids: { 'xcp-host': 'me', 'xs-network-uuids': 'net', 'xcp-bridge': 'br' } };
const links = { error: undefined, linkUp: true, linkSpeedMbps: undefined, fullDuplex: false, lacpCurrent: undefined };

const withPort = (owner: string): View => ({
  bridges: new Map([
    ['B', { uuid: 'B', name: 'br', ports: ['P0', 'P'], columns: { external_ids: { ...columns.external_ids, 'xcp-host': owner } } }],
  ]),
  ports: new Map([
    ['P0', { uuid: 'P0', name: 'br', interfaces: ['I0'], bondActive: undefined, columns: { external_ids: { 'xcp-host': owner } } }],
    [
      'P',
      {
        uuid: 'P',
        name: 'tap0',
        interfaces: ['I'],
        bondActive: undefined,
        columns: { external_ids: { 'xs-vif-uuid': port.id, 'xcp-host': owner, 'xcp-bridge': 'br' } },
      },
    ],
  ]),
  interfaces: new Map([
    ['I0', { uuid: 'I0', name: 'br', ofport: 65534, columns: {}, ...links }],
    ['I', { uuid: 'I', name: 'tap0', ofport: 1, columns: {}, ...links }],
  ]),
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
    const { outcomes } = planBatch(withPort('me'), host, [remove, { ...plug, port: { ...port, bridge: 'elsewhere' } }, unplug, remove]);
    expect(outcomes.map(o => (o.kind === 'refused' ? o.error.kind : 'fine'))).toEqual(['in-use', 'not-found', 'fine', 'fine']);
  });

  test("touches nothing of another host's", () => {
    expect(pluggedVifs(withPort('other'), 'me')).toEqual([]);
    expect(tables(withPort('other'), unplug, remove)).toEqual([]);
  });
});
