// A model of Open vSwitch's database: rows, transactions that happen whole or not at all, references, unique names, rows that go when
// nothing names them. Enough to try what a change plans against, thousands of times.

import { randomUUID } from 'node:crypto';
import type { View } from '../../src/drivers/network/ovs/draft.ts';
import { decode } from '../../src/drivers/network/ovs/rows.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { elementsOf, fieldsOf, mapOf, numberOf, setOf, textOf, uuidsOf } from '../../src/wire/ovsdb.ts';

type Table = 'Open_vSwitch' | 'Bridge' | 'Port' | 'Interface';
type Rows = Map<string, JsonObject>;
type Tables = Readonly<Record<Table, Rows>>;

const isTable = (name: Json | undefined): name is Table =>
  typeof name === 'string' && ['Open_vSwitch', 'Bridge', 'Port', 'Interface'].includes(name);
const word = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const maps = new Set(['external_ids', 'other_config', 'options']);
/** What columns hold that a new row does not name. */
const defaults: Readonly<Record<Table, JsonObject>> = {
  Open_vSwitch: {},
  Bridge: { datapath_type: '', mcast_snooping_enable: false },
  Port: { fake_bridge: false, bond_updelay: 0, bond_downdelay: 0, protected: false },
  Interface: { type: '', ingress_policing_rate: 0, ingress_policing_burst: 0 },
};
const text = (value: Json): string => JSON.stringify(value);

export class OvsdbModel {
  #tables: Tables = { Open_vSwitch: new Map([['root', {}]]), Bridge: new Map(), Port: new Map(), Interface: new Map() };
  /** Operations that were carried out. */
  transactions = 0;

  /** All or nothing: a throw leaves everything as it was. */
  transact(operations: readonly JsonObject[]): void {
    const tables: Tables = {
      Open_vSwitch: new Map(this.#tables.Open_vSwitch),
      Bridge: new Map(this.#tables.Bridge),
      Port: new Map(this.#tables.Port),
      Interface: new Map(this.#tables.Interface),
    };
    const named = new Map<string, string>();
    for (const operation of operations) if (typeof operation['uuid-name'] === 'string') named.set(operation['uuid-name'], randomUUID());
    for (const operation of operations) run(tables, named, operation);
    collect(tables);
    check(tables);
    this.#tables = tables;
    this.transactions += 1;
  }

  get view(): View {
    const read = <R>(rows: Rows, decodeRow: (uuid: string, row: JsonObject) => R): ReadonlyMap<string, R> =>
      new Map([...rows].map(([uuid, row]) => [uuid, decodeRow(uuid, row)]));
    return {
      bridges: read(this.#tables.Bridge, decode.Bridge),
      ports: read(this.#tables.Port, decode.Port),
      interfaces: read(this.#tables.Interface, decode.Interface),
    };
  }

  /** What is on the switch, by names: the same for two switches that are alike. */
  picture(): unknown {
    const { bridges, ports, interfaces } = this.view;
    return [...bridges.values()]
      .map(bridge => ({
        name: bridge.name,
        columns: told(bridge.columns),
        ports: bridge.ports
          .flatMap(uuid => ports.get(uuid) ?? [])
          .map(port => ({
            name: port.name,
            columns: told(port.columns),
            interfaces: port.interfaces
              .flatMap(uuid => interfaces.get(uuid) ?? [])
              .map(({ name, columns }) => ({ name, columns: told(columns) }))
              .toSorted(byName),
          }))
          .toSorted(byName),
      }))
      .toSorted(byName);
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** What a column does not say is as good as its default. */
const told = (columns: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(
    Object.entries(columns)
      .filter(([, value]) => value !== null && value !== false && value !== 0 && value !== '' && JSON.stringify(value) !== '{}')
      .map(([name, value]) => [name, typeof value === 'object' ? Object.entries(value ?? {}).toSorted(byKey) : value] as const)
      .toSorted(byKey),
  );

const resolved = (named: ReadonlyMap<string, string>, value: Json): Json => {
  if (!Array.isArray(value)) return value;
  const [tag, name] = value;
  if (tag === 'named-uuid' && typeof name === 'string') {
    const uuid = named.get(name);
    if (uuid === undefined) throw new Error(`no row is called ${name}`);
    return ['uuid', uuid];
  }
  return value.map(each => resolved(named, each));
};

const found = (rows: Rows, where: Json | undefined): readonly string[] => {
  const [condition] = Array.isArray(where) ? where : [];
  if (!Array.isArray(condition)) return [...rows.keys()];
  const [column, , value] = condition;
  if (column === '_uuid') return uuidsOf(value).filter(uuid => rows.has(uuid));
  return [...rows].filter(([, row]) => text(row[word(column)] ?? '') === text(value ?? '')).map(([uuid]) => uuid);
};

const mutated = (column: string, now: Json | undefined, how: Json | undefined, value: Json): Json => {
  if (maps.has(column)) {
    const fields = { ...fieldsOf(now) };
    if (how === 'insert') return mapOf({ ...fieldsOf(value), ...fields });
    for (const key of elementsOf(value)) delete fields[word(key)];
    return mapOf(fields);
  }
  const given = elementsOf(value);
  const others = elementsOf(now).filter(each => !given.some(other => text(other) === text(each)));
  return setOf(how === 'insert' ? [...others, ...given] : others);
};

const run = (tables: Tables, named: ReadonlyMap<string, string>, operation: JsonObject): void => {
  const { op, table, row, where, mutations } = operation;
  if (!isTable(table)) throw new Error(`no table ${text(table ?? null)}`);
  const rows = tables[table];
  const fields = isObject(row) ? Object.fromEntries(Object.entries(row).map(([name, value]) => [name, resolved(named, value)])) : {};
  if (op === 'insert') rows.set(named.get(word(operation['uuid-name'])) ?? randomUUID(), { ...defaults[table], ...fields });
  else if (op === 'update') for (const uuid of found(rows, where)) rows.set(uuid, { ...rows.get(uuid), ...fields });
  else if (op === 'mutate')
    for (const uuid of found(rows, where))
      for (const mutation of Array.isArray(mutations) ? mutations : []) {
        const [column, how, value] = Array.isArray(mutation) ? mutation : [];
        const before = rows.get(uuid) ?? {};
        const after = mutated(word(column), before[word(column)], how, resolved(named, value ?? null));
        rows.set(uuid, { ...before, [word(column)]: after });
      }
  else throw new Error(`no operation ${text(op ?? null)}`);
};

const collect = (tables: Tables): void => {
  const keep = (child: Table, parent: Table, column: string): void => {
    const wanted = new Set([...tables[parent].values()].flatMap(row => uuidsOf(row[column])));
    for (const uuid of tables[child].keys()) if (!wanted.has(uuid)) tables[child].delete(uuid);
    for (const uuid of wanted)
      if (!tables[child].has(uuid)) throw new Error(`referential integrity: ${parent}.${column} names a ${child} that is gone`);
  };
  keep('Bridge', 'Open_vSwitch', 'bridges');
  keep('Port', 'Bridge', 'ports');
  keep('Interface', 'Port', 'interfaces');
};

const check = (tables: Tables): void => {
  for (const table of ['Bridge', 'Port', 'Interface'] as const) {
    const names = [...tables[table].values()].map(row => textOf(row['name']));
    if (new Set(names).size < names.length) throw new Error(`constraint violation: two rows of ${table} have one name`);
  }
  for (const row of tables.Port.values())
    if (uuidsOf(row['interfaces']).length === 0) throw new Error('constraint violation: a port without interfaces');
  const members = [...tables.Bridge.values()].flatMap(row => uuidsOf(row['ports']));
  if (new Set(members).size < members.length) throw new Error('a port is on two bridges');
  const ends = [...tables.Port.values()].flatMap(row => uuidsOf(row['interfaces']));
  if (new Set(ends).size < ends.length) throw new Error('an interface is in two ports');
  for (const row of tables.Interface.values())
    if ((numberOf(row['mtu_request']) ?? 1) < 1) throw new Error('constraint violation: mtu_request');
};
