// The switch as a change will leave it: a copy of the view that is edited in plain words. `operations.ts` tells what leads there; what was
// edited into what it is already costs nothing.
//
// Bridges, ports and interfaces are known by their names, which are unique in the database. A port that moves between bridges, or an
// interface between ports, keeps its row.

import type { BridgeRow, Columns, InterfaceRow, PortRow } from './rows.ts';

export interface View {
  readonly bridges: ReadonlyMap<string, BridgeRow>;
  readonly ports: ReadonlyMap<string, PortRow>;
  readonly interfaces: ReadonlyMap<string, InterfaceRow>;
}

export interface DraftPort {
  readonly name: string;
  readonly row: PortRow | undefined;
  bridge: string;
  columns: Columns;
  /** Names. */
  interfaces: readonly string[];
}

export interface DraftBridge {
  readonly name: string;
  readonly row: BridgeRow | undefined;
  columns: Columns;
  /** Names; that of the bridge's own interface among them. */
  readonly ports: Set<string>;
}

export interface PortSpec {
  readonly name: string;
  readonly columns: Columns;
  readonly interfaces: readonly { readonly name: string; readonly columns: Columns }[];
}

/** Maps merge key by key: several parts of a change may each have their say. */
const merged = (before: Columns, more: Columns): Columns => {
  const result: Record<string, Columns[string]> = { ...before };
  for (const [column, value] of Object.entries(more)) {
    const old = before[column];
    result[column] = typeof value === 'object' && value !== null && typeof old === 'object' && old !== null ? { ...old, ...value } : value;
  }
  return result;
};

export class Draft {
  readonly bridges = new Map<string, DraftBridge>();
  readonly ports = new Map<string, DraftPort>();
  readonly interfaceRows = new Map<string, InterfaceRow>();
  /** Columns that were edited, by interface. */
  readonly interfaceEdits = new Map<string, Columns>();
  /** Ports that were edited. */
  readonly touched = new Set<string>();
  readonly removedBridges = new Map<string, BridgeRow>();
  readonly #removedPorts = new Map<string, PortRow>();
  /** Port by interface. */
  readonly #holders = new Map<string, string>();

  constructor(view: View) {
    for (const row of view.interfaces.values()) this.interfaceRows.set(row.name, row);
    for (const row of view.bridges.values()) {
      const ports = new Set<string>();
      for (const uuid of row.ports) {
        const port = view.ports.get(uuid);
        if (!port) continue;
        ports.add(port.name);
        const interfaces = port.interfaces.flatMap(each => view.interfaces.get(each)?.name ?? []);
        for (const name of interfaces) this.#holders.set(name, port.name);
        this.ports.set(port.name, { name: port.name, row: port, bridge: row.name, columns: port.columns, interfaces });
      }
      this.bridges.set(row.name, { name: row.name, row, columns: row.columns, ports });
    }
  }

  /** The port that has the interface. */
  portOfInterface(name: string): DraftPort | undefined {
    return this.ports.get(this.#holders.get(name) ?? '');
  }

  setBridge(name: string, columns: Columns): void {
    const known = this.bridges.get(name);
    if (known) {
      known.columns = merged(known.columns, columns);
      return;
    }
    const row = this.removedBridges.get(name);
    this.removedBridges.delete(name);
    this.bridges.set(name, { name, row, columns: merged(row?.columns ?? {}, columns), ports: new Set() });
  }

  /** Its ports go with it. */
  removeBridge(name: string): void {
    const bridge = this.bridges.get(name);
    if (!bridge) return;
    for (const port of Array.from(bridge.ports)) this.removePort(port);
    this.bridges.delete(name);
    if (bridge.row) this.removedBridges.set(name, bridge.row);
  }

  /** The port is on that bridge, with those columns and exactly those interfaces, which other ports lose. */
  setPort(bridge: string, { name, columns, interfaces }: PortSpec): void {
    this.#restore(name, bridge);
    const port = this.ports.get(name);
    if (!port) return;
    for (const each of interfaces) {
      const holder = this.portOfInterface(each.name);
      if (holder && holder !== port) this.#letGo(holder, each.name);
      this.#holders.set(each.name, name);
      this.interfaceEdits.set(each.name, merged(this.interfaceEdits.get(each.name) ?? {}, each.columns));
    }
    const names = interfaces.map(each => each.name);
    for (const other of port.interfaces) if (!names.includes(other)) this.#holders.delete(other);
    port.columns = merged(port.columns, columns);
    port.interfaces = names;
    this.movePort(name, bridge);
  }

  movePort(name: string, bridge: string): void {
    const port = this.ports.get(name);
    if (!port) return;
    this.touched.add(name);
    this.bridges.get(port.bridge)?.ports.delete(name);
    this.bridges.get(bridge)?.ports.add(name);
    port.bridge = bridge;
  }

  removePort(name: string): void {
    const port = this.ports.get(name);
    if (!port) return;
    this.bridges.get(port.bridge)?.ports.delete(name);
    this.ports.delete(name);
    for (const each of port.interfaces) if (this.#holders.get(each) === name) this.#holders.delete(each);
    if (port.row) this.#removedPorts.set(name, port.row);
  }

  /** The port exists; one that this change had taken away is the same row again. */
  #restore(name: string, bridge: string): void {
    if (this.ports.has(name)) return;
    const row = this.#removedPorts.get(name);
    this.#removedPorts.delete(name);
    this.ports.set(name, { name, row, bridge, columns: row?.columns ?? {}, interfaces: [] });
  }

  /** A port without an interface cannot be. */
  #letGo(port: DraftPort, interfaceName: string): void {
    port.interfaces = port.interfaces.filter(name => name !== interfaceName);
    this.touched.add(port.name);
    if (port.interfaces.length === 0) this.removePort(port.name);
  }
}
