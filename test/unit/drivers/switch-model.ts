// A database of Open vSwitch in memory with a switch behind it: carries out the operations of a transaction and gives numbers to ports. As
// much of RFC 7047 as the driver uses; anything else is an error.

import type { View } from '../../../src/drivers/network/ovs/draft.ts';
import { decode } from '../../../src/drivers/network/ovs/rows.ts';
import type { Json, JsonObject } from '../../../src/lib/json.ts';
import { elementsOf, fieldsOf, mapOf, numberOf, setOf, textOf, uuidOf, uuidsOf } from '../../../src/wire/ovsdb.ts';

type Table = 'Bridge' | 'Port' | 'Interface';
type Row = Record<string, Json>;

const pair = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const nameOf = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
const keyOf = (value: Json): string => JSON.stringify(value);

export class SwitchModel {
  readonly #tables: Readonly<Record<Table, Map<string, Row>>> = { Bridge: new Map(), Port: new Map(), Interface: new Map() };
  #bridges: readonly string[] = [];
  #count = 0;

  get view(): View {
    const decoded = <R>(table: Table, read: (uuid: string, row: JsonObject) => R): ReadonlyMap<string, R> =>
      new Map([...this.#tables[table]].map(([uuid, row]) => [uuid, read(uuid, row)]));
    return {
      bridges: decoded('Bridge', decode.Bridge),
      ports: decoded('Port', decode.Port),
      interfaces: decoded('Interface', decode.Interface),
    };
  }

  /** What is there by name, without what only this model's history tells. */
  get content(): unknown {
    const { bridges, ports, interfaces } = this.view;
    return {
      bridges: [...bridges.values()].map(({ name, columns }) => ({ name, columns, ports: this.portsOf(name) })),
      ports: [...ports.values()].map(({ name, columns }) => ({ name, columns })).toSorted((a, b) => a.name.localeCompare(b.name)),
      interfaces: [...interfaces.values()].map(({ name, columns }) => ({ name, columns })).toSorted((a, b) => a.name.localeCompare(b.name)),
    };
  }

  portsOf(bridge: string): readonly string[] {
    const { bridges, ports } = this.view;
    const row = [...bridges.values()].find(({ name }) => name === bridge);
    return (row?.ports ?? []).map(uuid => ports.get(uuid)?.name ?? '').toSorted();
  }

  bridge = (name: string): unknown => [...this.view.bridges.values()].find(row => row.name === name)?.columns;
  port = (name: string): unknown => [...this.view.ports.values()].find(row => row.name === name)?.columns;
  interface = (name: string): unknown => [...this.view.interfaces.values()].find(row => row.name === name)?.columns;

  /** The switch gives an interface another number than it was asked for. */
  renumber(name: string, ofport: number): void {
    for (const row of this.#tables.Interface.values()) if (row['name'] === name) row['ofport'] = ofport;
  }

  apply(operations: readonly JsonObject[]): void {
    const fresh = new Map<string, string>();
    for (const { op, 'uuid-name': id } of operations)
      if (op === 'insert' && typeof id === 'string') {
        this.#count += 1;
        fresh.set(id, `uuid-${this.#count}`);
      }
    for (const operation of operations) this.#carryOut(operation, fresh);
    this.#collect();
    this.#assertUnique();
    for (const row of this.#tables.Interface.values()) {
      const asked = numberOf(row['ofport_request']);
      this.#count += 1;
      if (asked !== undefined) row['ofport'] = asked;
      else if (numberOf(row['ofport']) === undefined) row['ofport'] = 1_000 + this.#count;
    }
  }

  #carryOut(operation: JsonObject, fresh: ReadonlyMap<string, string>): void {
    const { op, table, where, row, mutations } = operation;
    if (table === 'Open_vSwitch') {
      for (const mutation of pair(mutations)) {
        const now = setOf(this.#bridges.map(uuidOf));
        this.#bridges = uuidsOf(this.#mutated(now, mutation, fresh));
      }
      return;
    }
    const rows = this.#tables[table as Table];
    switch (op) {
      case 'insert': {
        const uuid = fresh.get(nameOf(operation['uuid-name'])) ?? '';
        rows.set(uuid, this.#resolved(row as JsonObject, fresh));
        return;
      }
      case 'update':
        Object.assign(this.#found(rows, where), this.#resolved(row as JsonObject, fresh));
        return;
      case 'mutate': {
        const target = this.#found(rows, where);
        for (const mutation of pair(mutations)) {
          const column = nameOf(pair(mutation)[0]);
          target[column] = this.#mutated(target[column], mutation, fresh);
        }
        return;
      }
      default:
        throw new Error(`the model knows no ${nameOf(op)}`);
    }
  }

  #found(rows: ReadonlyMap<string, Row>, where: Json | undefined): Row {
    const [condition] = pair(where);
    const [uuid] = uuidsOf(pair(condition)[2]);
    const row = uuid === undefined ? undefined : rows.get(uuid);
    if (row === undefined) throw new Error(`no row where ${JSON.stringify(where)}`);
    return row;
  }

  #resolved(row: JsonObject, fresh: ReadonlyMap<string, string>): Row {
    const value = (json: Json): Json => {
      if (!Array.isArray(json)) return json;
      if (json[0] === 'named-uuid') {
        const uuid = fresh.get(nameOf(json[1]));
        if (uuid === undefined) throw new Error(`nothing is called ${nameOf(json[1])}`);
        return uuidOf(uuid);
      }
      return json.map(value);
    };
    return Object.fromEntries(Object.entries(row).map(([column, json]) => [column, value(json)]));
  }

  #mutated(now: Json | undefined, mutation: Json, fresh: ReadonlyMap<string, string>): Json {
    const [, how, raw] = pair(mutation);
    const value = this.#resolved({ raw: raw ?? null }, fresh)['raw'] ?? null;
    const isMap = Array.isArray(value) && value[0] === 'map';
    if (isMap) return mapOf({ ...fieldsOf(value), ...fieldsOf(now) });
    if (Array.isArray(now) && now[0] === 'map') {
      const gone = new Set(elementsOf(value).map(nameOf));
      return mapOf(Object.fromEntries(Object.entries(fieldsOf(now)).filter(([key]) => !gone.has(key))));
    }
    const changed = new Set(elementsOf(value).map(keyOf));
    const others = elementsOf(now).filter(element => !changed.has(keyOf(element)));
    return setOf(how === 'delete' ? others : [...others, ...elementsOf(value)]);
  }

  /** Rows that nothing names go. */
  #collect(): void {
    const keep = (table: Table, uuids: ReadonlySet<string>): void => {
      for (const uuid of Array.from(this.#tables[table].keys())) if (!uuids.has(uuid)) this.#tables[table].delete(uuid);
    };
    const named = (table: Table, column: string): ReadonlySet<string> =>
      new Set([...this.#tables[table].values()].flatMap(row => uuidsOf(row[column])));
    keep('Bridge', new Set(this.#bridges));
    keep('Port', named('Bridge', 'ports'));
    keep('Interface', named('Port', 'interfaces'));
  }

  #assertUnique(): void {
    for (const [table, rows] of Object.entries(this.#tables)) {
      const names = [...rows.values()].map(row => textOf(row['name']) ?? '');
      if (new Set(names).size !== names.length) throw new Error(`two rows of ${table} have one name: ${names.join(', ')}`);
    }
    const held = [...this.#tables.Bridge.values()].flatMap(row => uuidsOf(row['ports']));
    if (new Set(held).size !== held.length) throw new Error('a port is on two bridges');
  }
}
