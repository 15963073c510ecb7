// What leads from the switch as it is to the switch of a draft: the operations of one transaction. Pure.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { namedUuid, setOf, uuidOf } from '../../../wire/ovsdb.ts';
import type { Draft, DraftBridge, DraftPort } from './draft.ts';
import { type BridgeRow, differing, encodeNew, type PortRow, updatesOf } from './rows.ts';

type Kind = 'interface' | 'port' | 'bridge';

/** How operations name rows: by uuid, or, of those that they insert, by a name within the transaction. */
class RowNames {
  readonly #fresh = new Map<string, string>();
  #count = 0;

  fresh(kind: Kind, name: string): string {
    this.#count += 1;
    const id = `${kind}${this.#count}`;
    this.#fresh.set(`${kind} ${name}`, id);
    return id;
  }
  refOf(kind: Kind, name: string, row: { readonly uuid: string } | undefined): Json {
    if (row) return uuidOf(row.uuid);
    return namedUuid(this.#fresh.get(`${kind} ${name}`) ?? `missing-${kind}-${name}`);
  }
}

const interfaceOperations = (draft: Draft, names: RowNames): readonly JsonObject[] =>
  [...draft.interfaceEdits].flatMap(([name, columns]): readonly JsonObject[] => {
    if (!draft.portOfInterface(name)) return [];
    const row = draft.interfaceRows.get(name);
    if (row) return updatesOf('Interface', uuidOf(row.uuid), differing(columns, row.columns));
    return [{ op: 'insert', table: 'Interface', 'uuid-name': names.fresh('interface', name), row: { name, ...encodeNew(columns) } }];
  });

const hasInterfaces = (draft: Draft, port: DraftPort, row: PortRow): boolean => {
  const wanted = new Set(port.interfaces.map(name => draft.interfaceRows.get(name)?.uuid));
  return wanted.size === row.interfaces.length && row.interfaces.every(uuid => wanted.has(uuid));
};

const portOperations = (draft: Draft, names: RowNames): readonly JsonObject[] =>
  [...draft.touched].flatMap((name): readonly JsonObject[] => {
    const port = draft.ports.get(name);
    if (!port) return [];
    const interfaces = setOf(port.interfaces.map(each => names.refOf('interface', each, draft.interfaceRows.get(each))));
    if (!port.row)
      return [
        { op: 'insert', table: 'Port', 'uuid-name': names.fresh('port', name), row: { name, ...encodeNew(port.columns), interfaces } },
      ];
    const uuid = uuidOf(port.row.uuid);
    return [
      ...updatesOf('Port', uuid, differing(port.columns, port.row.columns)),
      ...(hasInterfaces(draft, port, port.row)
        ? []
        : [{ op: 'update', table: 'Port', where: [['_uuid', '==', uuid]], row: { interfaces } }]),
    ];
  });

const membership = (draft: Draft, names: RowNames, bridge: DraftBridge, row: BridgeRow): readonly Json[] => {
  const now = new Set(row.ports);
  const wanted = [...bridge.ports].flatMap(name => draft.ports.get(name) ?? []);
  const kept = new Set(wanted.flatMap(port => port.row?.uuid ?? []));
  const gone = row.ports.filter(uuid => !kept.has(uuid));
  const come = wanted.filter(port => !port.row || !now.has(port.row.uuid));
  return [
    ...(gone.length > 0 ? [['ports', 'delete', setOf(gone.map(uuidOf))]] : []),
    ...(come.length > 0 ? [['ports', 'insert', setOf(come.map(port => names.refOf('port', port.name, port.row)))]] : []),
  ];
};

const bridgeOperations = (draft: Draft, names: RowNames): readonly JsonObject[] => {
  const operations: JsonObject[] = [];
  const added: Json[] = [];
  for (const bridge of draft.bridges.values()) {
    const { name, row, columns } = bridge;
    if (!row) {
      const ports = setOf([...bridge.ports].map(port => names.refOf('port', port, draft.ports.get(port)?.row)));
      const id = names.fresh('bridge', name);
      // The fail mode, where none is asked for, is set at creation only: a later change would drop all flows.
      const made = { name, fail_mode: 'standalone', ...encodeNew(columns), ports };
      operations.push({ op: 'insert', table: 'Bridge', 'uuid-name': id, row: made });
      added.push(namedUuid(id));
      continue;
    }
    const uuid = uuidOf(row.uuid);
    operations.push(...updatesOf('Bridge', uuid, differing(columns, row.columns)));
    const mutations = membership(draft, names, bridge, row);
    if (mutations.length > 0) operations.push({ op: 'mutate', table: 'Bridge', where: [['_uuid', '==', uuid]], mutations });
  }
  const removed = [...draft.removedBridges.values()].map(({ uuid }) => uuidOf(uuid));
  const mutations: Json[] = [
    ...(removed.length > 0 ? [['bridges', 'delete', setOf(removed)]] : []),
    ...(added.length > 0 ? [['bridges', 'insert', setOf(added)]] : []),
  ];
  if (mutations.length > 0) operations.push({ op: 'mutate', table: 'Open_vSwitch', where: [], mutations });
  return operations;
};

/** One transaction; empty when the switch is what the draft says. Rows that nothing names any more go away by themselves. */
export const operationsOf = (draft: Draft): readonly JsonObject[] => {
  const names = new RowNames();
  const interfaces = interfaceOperations(draft, names);
  const ports = portOperations(draft, names);
  return [...interfaces, ...ports, ...bridgeOperations(draft, names)];
};
