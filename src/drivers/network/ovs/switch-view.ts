// What the switch has now: its rows as the database's monitor tells them, kept up to date. The view is never ahead of the database,
// and a transaction's effects are in it by the time `untilApplied` resolves.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { fieldsOf, numberOf, textOf, uuidsOf } from '../../../wire/ovsdb.ts';
import { DriverError } from '../../hypervisor.ts';
import type { OvsdbClient, TableUpdates } from './ovsdb-client.ts';

export interface BridgeRow {
  readonly uuid: string;
  readonly name: string;
  readonly ports: readonly string[];
  readonly externalIds: Readonly<Record<string, string>>;
}

export interface PortRow {
  readonly uuid: string;
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly externalIds: Readonly<Record<string, string>>;
}

export interface InterfaceRow {
  readonly uuid: string;
  readonly name: string;
  readonly externalIds: Readonly<Record<string, string>>;
  /** Undefined while the switch has not yet tried; -1 when it could not make it. */
  readonly ofport: number | undefined;
  readonly error: string | undefined;
}

export interface SwitchRow {
  readonly uuid: string;
  readonly curCfg: number;
  readonly version: string;
  readonly datapathTypes: readonly string[];
}

const columns = {
  Open_vSwitch: ['cur_cfg', 'ovs_version', 'datapath_types'],
  Bridge: ['name', 'ports', 'external_ids'],
  Port: ['name', 'interfaces', 'external_ids'],
  Interface: ['name', 'external_ids', 'ofport', 'error'],
} as const;

const decode = {
  Open_vSwitch: (uuid: string, row: JsonObject): SwitchRow => ({
    uuid,
    curCfg: numberOf(row['cur_cfg']) ?? 0,
    version: textOf(row['ovs_version']) ?? '',
    datapathTypes: stringsOf(row['datapath_types']),
  }),
  Bridge: (uuid: string, row: JsonObject): BridgeRow => ({
    uuid,
    name: textOf(row['name']) ?? '',
    ports: uuidsOf(row['ports']),
    externalIds: fieldsOf(row['external_ids']),
  }),
  Port: (uuid: string, row: JsonObject): PortRow => ({
    uuid,
    name: textOf(row['name']) ?? '',
    interfaces: uuidsOf(row['interfaces']),
    externalIds: fieldsOf(row['external_ids']),
  }),
  Interface: (uuid: string, row: JsonObject): InterfaceRow => ({
    uuid,
    name: textOf(row['name']) ?? '',
    externalIds: fieldsOf(row['external_ids']),
    ofport: numberOf(row['ofport']),
    error: textOf(row['error']),
  }),
};

const stringsOf = (value: Json | undefined): readonly string[] => {
  const list = Array.isArray(value) && value[0] === 'set' ? value[1] : value;
  return (Array.isArray(list) ? list : [list]).flatMap(element => (typeof element === 'string' ? [element] : []));
};

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A switch with thousands of ports takes seconds for a change. */
const applyTimeoutMs = 30_000;
/** The interfaces are told with the configuration, or at once after it. */
const interfaceTimeoutMs = 2_000;

/** Whether the switch has tried to make the interface, well or not. */
const wasTried = ({ ofport, error }: InterfaceRow): boolean => ofport !== undefined || error !== undefined;

export class SwitchView {
  readonly bridges = new Map<string, BridgeRow>();
  readonly ports = new Map<string, PortRow>();
  readonly interfaces = new Map<string, InterfaceRow>();
  #switch: SwitchRow | undefined;
  readonly #waiting = new Set<() => void>();

  /** Follows the switch behind `client` for as long as that connection lasts. */
  static async follow(client: OvsdbClient): Promise<SwitchView> {
    const view = new SwitchView();
    await client.monitor('xcp', columns, updates => view.update(updates));
    void client.closed.then(() => view.#wake());
    return view;
  }

  /** The one row that stands for the switch; undefined in a database nobody has initialised. */
  get switch(): SwitchRow | undefined {
    return this.#switch;
  }

  update(updates: TableUpdates): void {
    const take = <R>(rows: Map<string, R>, table: Json | undefined, read: (uuid: string, row: JsonObject) => R): void => {
      if (!isObject(table)) return;
      for (const [uuid, change] of Object.entries(table)) {
        const row = isObject(change) ? change['new'] : undefined;
        if (isObject(row)) rows.set(uuid, read(uuid, row));
        else rows.delete(uuid);
      }
    };
    const switches = new Map<string, SwitchRow>();
    take(switches, updates['Open_vSwitch'], decode.Open_vSwitch);
    for (const row of switches.values()) this.#switch = row;
    take(this.bridges, updates['Bridge'], decode.Bridge);
    take(this.ports, updates['Port'], decode.Port);
    take(this.interfaces, updates['Interface'], decode.Interface);
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const look of waiting) look();
  }

  /**
   * Resolves when the switch has applied configuration number `nextCfg` and had its time to try each interface named; what came of
   * them is in the view. Rejects when it does not apply it in time, or the connection is lost.
   */
  async untilApplied(client: OvsdbClient, nextCfg: number, interfaceNames: ReadonlySet<string>, timeoutMs = applyTimeoutMs): Promise<void> {
    const isApplied = (): boolean => (this.#switch?.curCfg ?? 0) >= nextCfg;
    if (!(await this.#until(client, isApplied, timeoutMs)))
      throw new DriverError('timeout', `the switch did not apply a change within ${timeoutMs / 1000} s; is ovs-vswitchd running?`);
    const areTried = (): boolean => {
      const tried = [...this.interfaces.values()].filter(i => interfaceNames.has(i.name) && wasTried(i));
      return tried.length === interfaceNames.size;
    };
    await this.#until(client, areTried, interfaceTimeoutMs);
  }

  /** Whether `condition` came true in time; it is looked at after each update. */
  async #until(client: OvsdbClient, condition: () => boolean, timeoutMs: number): Promise<boolean> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, timeoutMs);
    try {
      while (!condition()) {
        if (!client.isOpen) throw new DriverError('unreachable', "Open vSwitch's database went away during a change");
        if (late) return false;
        await new Promise<void>(resolve => this.#waiting.add(resolve));
      }
      return true;
    } finally {
      clearTimeout(timer);
    }
  }
}
