// What the switch has now: its rows as the database's monitor tells them, kept up to date. The view is never ahead of the database,
// and a transaction's effects are in it by the time `untilApplied` resolves.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { DriverError } from '../../hypervisor.ts';
import type { OvsdbClient, TableUpdates } from './ovsdb-client.ts';
import { type BridgeRow, decode, type InterfaceRow, monitored, type PortRow, type SwitchRow } from './rows.ts';

export type { BridgeRow, InterfaceRow, PortRow, SwitchRow } from './rows.ts';

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The interfaces are told with the configuration, or at once after it. */
const interfaceTimeoutMs = 2_000;

/** Whether the switch has tried to make the interface, well or not. */
const wasTried = ({ ofport, error }: InterfaceRow): boolean => ofport !== undefined || error !== undefined;

interface Changed<R> {
  /** Undefined for a row that is new. */
  readonly before: R | undefined;
  /** Undefined for a row that is gone. */
  readonly after: R | undefined;
}

export type RowChange =
  | ({ readonly table: 'Bridge' } & Changed<BridgeRow>)
  | ({ readonly table: 'Port' } & Changed<PortRow>)
  | ({ readonly table: 'Interface' } & Changed<InterfaceRow>);

/** Rows are told whole (when they are new, or by a server that tells every change so), or as what changed in them. */
const take = <R>(
  rows: Map<string, R>,
  table: Json | undefined,
  read: (uuid: string, row: JsonObject, before?: R) => R,
): readonly Changed<R>[] => {
  if (!isObject(table)) return [];
  return Object.entries(table).map(([uuid, change]) => {
    const before = rows.get(uuid);
    const told = isObject(change) ? change : {};
    const whole = told['initial'] ?? told['insert'] ?? told['new'];
    const part = told['modify'];
    const after = isObject(whole) ? read(uuid, whole) : isObject(part) ? read(uuid, part, before) : undefined;
    if (after === undefined) rows.delete(uuid);
    else rows.set(uuid, after);
    return { before, after };
  });
};

export class SwitchView {
  readonly bridges = new Map<string, BridgeRow>();
  readonly ports = new Map<string, PortRow>();
  readonly interfaces = new Map<string, InterfaceRow>();
  readonly #switches = new Map<string, SwitchRow>();
  readonly #waiting = new Set<() => void>();
  readonly #listeners = new Set<(changes: readonly RowChange[]) => void>();

  /** Follows the switch behind `client` for as long as that connection lasts. */
  static async follow(client: OvsdbClient): Promise<SwitchView> {
    const view = new SwitchView();
    await client.monitor('xcp', monitored, updates => view.update(updates));
    void client.closed.then(() => view.#wake());
    return view;
  }

  /** The one row that stands for the switch; undefined in a database nobody has initialised. */
  get switch(): SwitchRow | undefined {
    const [row] = this.#switches.values();
    return row;
  }

  /** Calls back after each update that comes from now on, with the rows that it changed. */
  watch(listener: (changes: readonly RowChange[]) => void): void {
    this.#listeners.add(listener);
  }

  update(updates: TableUpdates): void {
    take(this.#switches, updates['Open_vSwitch'], decode.Open_vSwitch);
    const changes = [
      ...take(this.bridges, updates['Bridge'], decode.Bridge).map(change => ({ table: 'Bridge' as const, ...change })),
      ...take(this.ports, updates['Port'], decode.Port).map(change => ({ table: 'Port' as const, ...change })),
      ...take(this.interfaces, updates['Interface'], decode.Interface).map(change => ({ table: 'Interface' as const, ...change })),
    ];
    this.#wake();
    if (changes.length > 0) for (const listener of this.#listeners) listener(changes);
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
  async untilApplied(client: OvsdbClient, nextCfg: number, interfaceNames: ReadonlySet<string>, timeoutMs: number): Promise<void> {
    const isApplied = (): boolean => (this.switch?.curCfg ?? 0) >= nextCfg;
    if (!(await this.#until(client, isApplied, timeoutMs)))
      throw new DriverError('timeout', `the switch did not apply a change within ${timeoutMs / 1000} s; is ovs-vswitchd running?`);
    const areTried = (): boolean => {
      let tried = 0;
      for (const row of this.interfaces.values()) if (interfaceNames.has(row.name) && wasTried(row)) tried += 1;
      return tried === interfaceNames.size;
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
