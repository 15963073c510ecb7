// The rows of Open vSwitch's database that matter here, decoded: the columns that xcp writes in a plain form that can be compared, and
// those that it reads from the switch.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { elementsOf, fieldsOf, mapOf, numberOf, setOf, textOf, uuidsOf } from '../../../wire/ovsdb.ts';

/** A column's value; null for an empty set. Of a map only the keys named count, and null means that the key is not there. */
export type Value = string | number | boolean | null | Readonly<Record<string, string | null>>;
export type Columns = Readonly<Record<string, Value>>;

interface Row {
  readonly uuid: string;
  readonly name: string;
  /** What xcp writes, by column. */
  readonly columns: Columns;
}

export interface BridgeRow extends Row {
  /** Uuids. */
  readonly ports: readonly string[];
}

export interface PortRow extends Row {
  /** Uuids. */
  readonly interfaces: readonly string[];
  readonly bondActive: string | undefined;
}

export interface InterfaceRow extends Row {
  /** Undefined while the switch has not yet tried; -1 when it could not make it. */
  readonly ofport: number | undefined;
  readonly error: string | undefined;
  readonly linkUp: boolean;
  readonly linkSpeedMbps: number | undefined;
  readonly fullDuplex: boolean;
  readonly lacpCurrent: boolean | undefined;
}

export interface SwitchRow {
  readonly uuid: string;
  readonly curCfg: number;
  readonly version: string;
  readonly datapathTypes: readonly string[];
}

const mapColumns = new Set(['external_ids', 'other_config', 'options']);

const written = {
  Bridge: ['datapath_type', 'fail_mode', 'external_ids', 'other_config', 'mcast_snooping_enable'],
  Port: [
    'external_ids',
    'other_config',
    'tag',
    'vlan_mode',
    'fake_bridge',
    'bond_mode',
    'lacp',
    'bond_updelay',
    'bond_downdelay',
    'protected',
  ],
  Interface: [
    'type',
    'options',
    'external_ids',
    'other_config',
    'mtu_request',
    'mac',
    'ingress_policing_rate',
    'ingress_policing_burst',
    'ofport_request',
  ],
} as const;

/** What is asked of the monitor. */
export const monitored = {
  Open_vSwitch: ['cur_cfg', 'ovs_version', 'datapath_types'],
  Bridge: ['name', 'ports', ...written.Bridge],
  Port: ['name', 'interfaces', 'bond_active_slave', ...written.Port],
  Interface: ['name', 'ofport', 'error', 'link_state', 'link_speed', 'duplex', 'lacp_current', ...written.Interface],
} as const;

type Fields = Readonly<Record<string, string | null>>;

const isMap = (value: Value | undefined): value is Fields => typeof value === 'object' && value !== null;

/** Of a map that is known, an entry that is told again is gone, and any other is new. */
const toldMap = (value: Json | undefined, before: Fields): Fields => {
  const fields = { ...before };
  for (const [key, text] of Object.entries(fieldsOf(value))) {
    if (fields[key] === text) delete fields[key];
    else fields[key] = text;
  }
  return fields;
};

/** The same of a set of many. */
const toldSet = (told: readonly string[], before: readonly string[]): readonly string[] => {
  if (before.length === 0) return told;
  const [had, named] = [new Set(before), new Set(told)];
  return [...before.filter(each => !named.has(each)), ...told.filter(each => !had.has(each))];
};

const plain = (column: string, value: Json | undefined, before: Value | undefined): Value => {
  if (mapColumns.has(column)) return toldMap(value, isMap(before) ? before : {});
  const [first] = elementsOf(value);
  return typeof first === 'string' || typeof first === 'number' || typeof first === 'boolean' ? first : null;
};

/** The columns of a row that says nothing of them. */
const emptyColumns = (columns: readonly string[]): Columns =>
  Object.freeze(Object.fromEntries(columns.map(column => [column, mapColumns.has(column) ? Object.freeze({}) : null])));

const empty = {
  Bridge: emptyColumns(written.Bridge),
  Port: emptyColumns(written.Port),
  Interface: emptyColumns(written.Interface),
} as const;

/** What all rows have. The columns are the same object as before where nothing changed that xcp writes. */
const common = (uuid: string, row: JsonObject, table: keyof typeof written, before: Row | undefined): Row => {
  const known = before?.columns ?? empty[table];
  let fresh: Record<string, Value> | undefined;
  for (const column of written[table]) {
    if (!(column in row)) continue;
    fresh ??= { ...known };
    fresh[column] = plain(column, row[column], known[column]);
  }
  return { uuid, name: textOf(row['name']) ?? before?.name ?? '', columns: fresh ?? known };
};

/** What a row says of a column, or said before. */
const toldOf = <T>(row: JsonObject, column: string, read: (value: Json | undefined) => T, before: T): T =>
  column in row ? read(row[column]) : before;

const truthOf = (value: Json | undefined): boolean | undefined => {
  const [first] = elementsOf(value);
  return typeof first === 'boolean' ? first : undefined;
};

const speedOf = (value: Json | undefined): number | undefined => {
  const bitsPerSecond = numberOf(value) ?? 0;
  return bitsPerSecond > 0 ? Math.round(bitsPerSecond / 1e6) : undefined;
};

/**
 * Rows as they are told: whole, or of a row that is known (`before`) what has changed. Columns that a whole row leaves out are empty. A
 * change of a map or of a set of many tells the entries that came or went.
 */
export const decode = {
  Open_vSwitch: (uuid: string, row: JsonObject, before?: SwitchRow): SwitchRow => ({
    uuid,
    curCfg: toldOf(row, 'cur_cfg', value => numberOf(value) ?? 0, before?.curCfg ?? 0),
    version: toldOf(row, 'ovs_version', value => textOf(value) ?? '', before?.version ?? ''),
    datapathTypes: toldOf(
      row,
      'datapath_types',
      value =>
        toldSet(
          elementsOf(value).filter(type => typeof type === 'string'),
          before?.datapathTypes ?? [],
        ),
      before?.datapathTypes ?? [],
    ),
  }),
  Bridge: (uuid: string, row: JsonObject, before?: BridgeRow): BridgeRow => ({
    ...common(uuid, row, 'Bridge', before),
    ports: toldOf(row, 'ports', value => toldSet(uuidsOf(value), before?.ports ?? []), before?.ports ?? []),
  }),
  Port: (uuid: string, row: JsonObject, before?: PortRow): PortRow => ({
    ...common(uuid, row, 'Port', before),
    interfaces: toldOf(row, 'interfaces', value => toldSet(uuidsOf(value), before?.interfaces ?? []), before?.interfaces ?? []),
    bondActive: toldOf(row, 'bond_active_slave', textOf, before?.bondActive),
  }),
  Interface: (uuid: string, row: JsonObject, before?: InterfaceRow): InterfaceRow => ({
    ...common(uuid, row, 'Interface', before),
    ofport: toldOf(row, 'ofport', numberOf, before?.ofport),
    error: toldOf(row, 'error', textOf, before?.error),
    linkUp: toldOf(row, 'link_state', value => textOf(value) === 'up', before?.linkUp ?? false),
    linkSpeedMbps: toldOf(row, 'link_speed', speedOf, before?.linkSpeedMbps),
    fullDuplex: toldOf(row, 'duplex', value => textOf(value) === 'full', before?.fullDuplex ?? false),
    lacpCurrent: toldOf(row, 'lacp_current', truthOf, before?.lacpCurrent),
  }),
};

/** Columns that always hold a value, 0 or false in a new row. A tag is none of them: tag 0 is one. */
const always = new Set([
  'mcast_snooping_enable',
  'fake_bridge',
  'protected',
  'bond_updelay',
  'bond_downdelay',
  'ingress_policing_rate',
  'ingress_policing_burst',
]);

const isDefault = (column: string, value: Value): boolean => value === null || (always.has(column) && (value === 0 || value === false));

const sameValue = (column: string, wanted: Value, have: Value | undefined): boolean => {
  if (!isMap(wanted)) return wanted === (have ?? null) || (isDefault(column, wanted) && isDefault(column, have ?? null));
  const now = isMap(have) ? have : {};
  return Object.entries(wanted).every(([key, value]) => value === (now[key] ?? null));
};

/** Those of `wanted` that `have` does not say. */
export const differing = (wanted: Columns, have: Columns): Columns =>
  Object.fromEntries(Object.entries(wanted).filter(([column, value]) => !sameValue(column, value, have[column])));

const present = (map: Readonly<Record<string, string | null>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));

/** The columns of a new row: what the database would say by itself is left out. */
export const encodeNew = (columns: Columns): JsonObject =>
  encodeRow(Object.fromEntries(Object.entries(columns).filter(([column, value]) => !isDefault(column, value))));

const encodeRow = (columns: Columns): JsonObject =>
  Object.fromEntries(
    Object.entries(columns).map(([column, value]) => [column, value === null ? setOf([]) : isMap(value) ? mapOf(present(value)) : value]),
  );

/** The operations that change `columns` of a row that is there. Keys of maps that are not named stay. */
export const updatesOf = (table: string, uuid: Json, columns: Columns): readonly JsonObject[] => {
  const where = [['_uuid', '==', uuid]];
  const [plains, mutations]: [Record<string, Value>, Json[]] = [{}, []];
  for (const [column, value] of Object.entries(columns)) {
    if (!isMap(value)) {
      plains[column] = value;
      continue;
    }
    mutations.push([column, 'delete', setOf(Object.keys(value))]);
    if (Object.keys(present(value)).length > 0) mutations.push([column, 'insert', mapOf(present(value))]);
  }
  return [
    ...(Object.keys(plains).length > 0 ? [{ op: 'update', table, where, row: encodeRow(plains) }] : []),
    ...(mutations.length > 0 ? [{ op: 'mutate', table, where, mutations }] : []),
  ];
};
