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

const plain = (column: string, value: Json | undefined): Value => {
  if (mapColumns.has(column)) return fieldsOf(value);
  const [first] = elementsOf(value);
  return typeof first === 'string' || typeof first === 'number' || typeof first === 'boolean' ? first : null;
};

const common = (uuid: string, row: JsonObject, columns: readonly string[]): Row => ({
  uuid,
  name: textOf(row['name']) ?? '',
  columns: Object.fromEntries(columns.map(column => [column, plain(column, row[column])])),
});

export const decode = {
  Open_vSwitch: (uuid: string, row: JsonObject): SwitchRow => ({
    uuid,
    curCfg: numberOf(row['cur_cfg']) ?? 0,
    version: textOf(row['ovs_version']) ?? '',
    datapathTypes: elementsOf(row['datapath_types']).filter(type => typeof type === 'string'),
  }),
  Bridge: (uuid: string, row: JsonObject): BridgeRow => ({ ...common(uuid, row, written.Bridge), ports: uuidsOf(row['ports']) }),
  Port: (uuid: string, row: JsonObject): PortRow => ({
    ...common(uuid, row, written.Port),
    interfaces: uuidsOf(row['interfaces']),
    bondActive: textOf(row['bond_active_slave']),
  }),
  Interface: (uuid: string, row: JsonObject): InterfaceRow => {
    const bitsPerSecond = numberOf(row['link_speed']) ?? 0;
    const lacp = elementsOf(row['lacp_current'])[0];
    return {
      ...common(uuid, row, written.Interface),
      ofport: numberOf(row['ofport']),
      error: textOf(row['error']),
      linkUp: textOf(row['link_state']) === 'up',
      linkSpeedMbps: bitsPerSecond > 0 ? Math.round(bitsPerSecond / 1e6) : undefined,
      fullDuplex: textOf(row['duplex']) === 'full',
      lacpCurrent: typeof lacp === 'boolean' ? lacp : undefined,
    };
  },
};

const isMap = (value: Value | undefined): value is Readonly<Record<string, string | null>> => typeof value === 'object' && value !== null;

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
