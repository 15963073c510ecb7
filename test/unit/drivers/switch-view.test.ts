// The view of the switch's rows: told whole or as what changed, it comes to the same.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OvsdbClient } from '../../../src/drivers/network/ovs/ovsdb-client.ts';
import { type RowChange, SwitchView } from '../../../src/drivers/network/ovs/switch-view.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';
import { elementsOf, fieldsOf, mapOf, setOf, uuidOf } from '../../../src/wire/ovsdb.ts';

const maps = new Set(['external_ids', 'other_config', 'options']);
const sets = new Set(['ports', 'interfaces']);
const key = (value: Json): string => JSON.stringify(value);
const empty = (column: string): Json => (maps.has(column) ? mapOf({}) : setOf([]));

/** How a server of our time tells a change of one column. */
const difference = (column: string, before: Json, after: Json): Json => {
  if (maps.has(column)) {
    const [had, has] = [fieldsOf(before), fieldsOf(after)];
    const names = [...new Set([...Object.keys(had), ...Object.keys(has)])].filter(name => had[name] !== has[name]);
    return mapOf(Object.fromEntries(names.map(name => [name, has[name] ?? had[name] ?? ''])));
  }
  if (!sets.has(column)) return after;
  const [had, has] = [elementsOf(before), elementsOf(after)];
  const isIn = (list: readonly Json[], one: Json): boolean => list.some(other => key(other) === key(one));
  return setOf([...had.filter(one => !isIn(has, one)), ...has.filter(one => !isIn(had, one))]);
};

const modified = (before: JsonObject, after: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(after)
      .filter(([column, value]) => key(value) !== key(before[column] ?? null))
      .map(([column, value]) => [column, difference(column, before[column] ?? empty(column), value)]),
  );

/** A new row as that server tells it: what says nothing is left out. */
const bare = (row: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(row).filter(([column, value]) => key(value) !== key(empty(column))));

const optional = (value: fc.Arbitrary<Json>): fc.Arbitrary<Json> => fc.oneof(fc.constant(setOf([])), value);
const map = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2')).map(mapOf);
const uuids = fc.subarray(['u1', 'u2', 'u3', 'u4']).map(list => setOf(list.map(uuidOf)));
const rows = {
  Bridge: fc.record({ name: fc.constantFrom('br0', 'br1'), ports: uuids, external_ids: map, other_config: map }),
  Port: fc.record({
    name: fc.constantFrom('p0', 'p1'),
    interfaces: uuids,
    external_ids: map,
    tag: optional(fc.nat(3)),
    fake_bridge: fc.boolean(),
    bond_active_slave: optional(fc.constantFrom('02:00:00:00:00:01')),
  }),
  Interface: fc.record({
    name: fc.constantFrom('i0', 'i1'),
    ofport: optional(fc.constantFrom(-1, 1, 2)),
    error: optional(fc.constantFrom('no such device')),
    link_state: optional(fc.constantFrom('up', 'down')),
    link_speed: optional(fc.constantFrom(1e9, 1e10)),
    duplex: optional(fc.constantFrom('full', 'half')),
    lacp_current: optional(fc.boolean()),
    options: map,
    mtu_request: optional(fc.constantFrom(1500, 9000)),
  }),
} as const;
type Table = keyof typeof rows;
const steps = fc.array(
  fc.oneof(
    ...(Object.keys(rows) as Table[]).map(table =>
      fc.record({ table: fc.constant(table), uuid: fc.constantFrom('u1', 'u2'), row: fc.option(rows[table] as fc.Arbitrary<JsonObject>) }),
    ),
  ),
  { maxLength: 30 },
);

test('changes that are told whole and as differences come to the same rows, and are told on alike', () => {
  fc.assert(
    fc.property(steps, list => {
      const [old, young] = [new SwitchView(), new SwitchView()];
      const [told, heard]: [RowChange[], RowChange[]] = [[], []];
      old.watch(changes => told.push(...changes));
      young.watch(changes => heard.push(...changes));
      const now = new Map<string, JsonObject>();
      for (const { table, uuid, row } of list) {
        const before = now.get(`${table} ${uuid}`);
        if (!before && !row) continue;
        if (row) now.set(`${table} ${uuid}`, row);
        else now.delete(`${table} ${uuid}`);
        const whole: JsonObject = { ...(before && { old: before }), ...(row && { new: row }) };
        const part: JsonObject = !row ? { delete: null } : before ? { modify: modified(before, row) } : { insert: bare(row) };
        old.update({ [table]: { [uuid]: whole } });
        young.update({ [table]: { [uuid]: part } });
      }
      const content = ({ bridges, ports, interfaces }: SwitchView): unknown =>
        [bridges, ports, interfaces].map(rowsOf =>
          [...rowsOf.values()].map(({ columns, ...others }) => ({
            ...others,
            ...('ports' in others && { ports: [...others.ports].toSorted() }),
            ...('interfaces' in others && { interfaces: [...others.interfaces].toSorted() }),
            columns: Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)),
          })),
        );
      expect(content(young)).toEqual(content(old));
      expect(heard.map(({ table, before, after }) => [table, before?.uuid, after?.uuid])).toEqual(
        told.map(({ table, before, after }) => [table, before?.uuid, after?.uuid]),
      );
    }),
    { numRuns: 300 },
  );
});

test('the number of the configuration is the newest, and what is not told again stays', () => {
  const view = new SwitchView();
  view.update({ Open_vSwitch: { u: { initial: { cur_cfg: 3, ovs_version: '3.1.0', datapath_types: setOf(['netdev', 'system']) } } } });
  view.update({ Open_vSwitch: { u: { modify: { cur_cfg: 4 } } } });
  expect(view.switch).toEqual({ uuid: 'u', curCfg: 4, version: '3.1.0', datapathTypes: ['netdev', 'system'] });
  // Another version of the switch tells what came and what went.
  view.update({ Open_vSwitch: { u: { modify: { ovs_version: '3.5.0', datapath_types: setOf(['system', 'dpdk']) } } } });
  expect(view.switch).toMatchObject({ version: '3.5.0', datapathTypes: ['netdev', 'dpdk'] });
});

test('the wait for a configuration ends when the interfaces have been tried, well or not', async () => {
  const view = new SwitchView();
  const client = { isOpen: true } as OvsdbClient;
  const [waiting, ended]: [Promise<void>, boolean[]] = [view.untilApplied(client, 4, new Set(['i0', 'i1']), 5_000), []];
  void waiting.then(() => ended.push(true));
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  view.update({ Interface: { a: { insert: { name: 'i0' } }, b: { insert: { name: 'i1' } } } });
  view.update({ Open_vSwitch: { u: { initial: { cur_cfg: 4 } } } });
  await turn();
  view.update({ Interface: { a: { modify: { ofport: 1 } } } });
  await turn();
  expect(ended).toEqual([]);
  view.update({ Interface: { b: { modify: { error: 'no such device' } } } });
  await waiting;
});
