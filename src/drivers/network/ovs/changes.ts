// What a batch of wishes means for the switch: pure, from the view to one transaction. A wish that is fulfilled already costs nothing; one
// that cannot be fulfilled fails alone.
//
// A bridge here may bear another name on the machine than XenAPI's (`device`): several hosts can then share one machine. Rows made
// here carry the owner's tag, and nothing else is ever removed.

import { mapOf, namedUuid, setOf, uuidOf } from '../../../wire/ovsdb.ts';
import { DriverError } from '../../hypervisor.ts';
import type { BridgeSpec, VifPort } from '../../network.ts';
import type { Json } from '../../../lib/json.ts';
import type { Operation } from './ovsdb-client.ts';
import type { BridgeRow, InterfaceRow, PortRow } from './switch-view.ts';

export type Wish =
  | { readonly kind: 'bridge'; readonly spec: BridgeSpec; readonly device: string }
  | { readonly kind: 'no-bridge'; readonly bridge: string; readonly device: string }
  | { readonly kind: 'port'; readonly port: VifPort; readonly ifname: string; readonly device: string }
  | { readonly kind: 'no-port'; readonly vifId: string };

export interface View {
  readonly bridges: ReadonlyMap<string, BridgeRow>;
  readonly ports: ReadonlyMap<string, PortRow>;
  readonly interfaces: ReadonlyMap<string, InterfaceRow>;
}

export interface Host {
  /** Marks what belongs to this xcp host. */
  readonly tag: string;
  readonly datapathType: 'system' | 'netdev';
}

export type Outcome =
  /** Nothing to do but to see that these interfaces, if any, work. */
  { readonly kind: 'planned'; readonly interfaces: readonly string[] } | { readonly kind: 'refused'; readonly error: DriverError };

export interface Batch {
  readonly operations: readonly Operation[];
  /** One for each wish, in order. */
  readonly outcomes: readonly Outcome[];
}

export const ownerKey = 'xcp-host';
export const vifKey = 'xs-vif-uuid';

interface DraftBridge {
  /** How an operation names the row: by its uuid, or by a name within the transaction. */
  readonly uuid: Json;
  readonly externalIds: Readonly<Record<string, string>>;
  /** Names of the ports on it, its own left out. */
  readonly ports: Set<string>;
}

interface DraftPort {
  readonly uuid: Json;
  readonly name: string;
  readonly device: string;
}

/** The batch under construction: the view as the operations so far leave it. */
class Draft {
  readonly host: Host;
  readonly operations: Operation[] = [];
  readonly bridges = new Map<string, DraftBridge>();
  readonly vifs = new Map<string, DraftPort>();
  #names = 0;

  constructor(view: View, host: Host) {
    this.host = host;
    for (const bridge of view.bridges.values()) {
      const ports = new Set<string>();
      for (const portUuid of bridge.ports) {
        const port = view.ports.get(portUuid);
        if (!port) continue;
        ports.add(port.name);
        const vif = port.externalIds[vifKey];
        if (vif !== undefined && port.externalIds[ownerKey] === host.tag)
          this.vifs.set(vif, { name: port.name, uuid: uuidOf(portUuid), device: bridge.name });
      }
      ports.delete(bridge.name);
      this.bridges.set(bridge.name, { uuid: uuidOf(bridge.uuid), externalIds: bridge.externalIds, ports });
    }
  }

  name(kind: string): string {
    this.#names += 1;
    return `${kind}${this.#names}`;
  }
}

const planned = (...interfaces: string[]): Outcome => ({ kind: 'planned', interfaces });
const refused = (error: DriverError): Outcome => ({ kind: 'refused', error });

const addInterface = (draft: Draft, portRow: { readonly [key: string]: Json }, interfaceRow: { readonly [key: string]: Json }): string => {
  const [interfaceName, portName] = [draft.name('interface'), draft.name('port')];
  draft.operations.push(
    { op: 'insert', table: 'Interface', 'uuid-name': interfaceName, row: interfaceRow },
    { op: 'insert', table: 'Port', 'uuid-name': portName, row: { ...portRow, interfaces: namedUuid(interfaceName) } },
  );
  return portName;
};

const planBridge = (draft: Draft, { spec, device }: Extract<Wish, { kind: 'bridge' }>): Outcome => {
  const names = { 'xs-network-uuids': spec.networkId, 'xcp-bridge': spec.bridge };
  const known = draft.bridges.get(device);
  if (known) {
    if (known.externalIds['xs-network-uuids'] === spec.networkId) return planned(device);
    const mutations: Json = [
      ['external_ids', 'delete', setOf(Object.keys(names))],
      ['external_ids', 'insert', mapOf(names)],
    ];
    draft.operations.push({ op: 'mutate', table: 'Bridge', where: [['name', '==', device]], mutations });
    draft.bridges.set(device, { ...known, externalIds: { ...known.externalIds, ...names } });
    return planned(device);
  }
  const externalIds = { ...names, [ownerKey]: draft.host.tag };
  const port = addInterface(draft, { name: device }, { name: device, type: 'internal', mtu_request: spec.mtu });
  const bridge = draft.name('bridge');
  draft.operations.push(
    {
      op: 'insert',
      table: 'Bridge',
      'uuid-name': bridge,
      row: {
        name: device,
        datapath_type: draft.host.datapathType,
        // Set at creation only: a later change would drop all flows.
        fail_mode: 'standalone',
        ports: namedUuid(port),
        external_ids: mapOf(externalIds),
        other_config: mapOf({ 'disable-in-band': 'true' }),
      },
    },
    { op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'insert', setOf([namedUuid(bridge)])]] },
  );
  draft.bridges.set(device, { uuid: namedUuid(bridge), externalIds, ports: new Set() });
  return planned(device);
};

const planNoBridge = (draft: Draft, { bridge, device }: Extract<Wish, { kind: 'no-bridge' }>): Outcome => {
  const known = draft.bridges.get(device);
  // A bridge that someone else made is theirs to remove.
  if (known?.externalIds[ownerKey] !== draft.host.tag) return planned();
  if (known.ports.size > 0)
    return refused(new DriverError('in-use', `the bridge ${bridge} still has ${known.ports.size} ports`, { details: [...known.ports] }));
  draft.operations.push({ op: 'mutate', table: 'Open_vSwitch', where: [], mutations: [['bridges', 'delete', setOf([known.uuid])]] });
  draft.bridges.delete(device);
  return planned();
};

const portColumns = (host: Host, port: VifPort): { readonly [key: string]: Json } => ({
  // Without it an untagged port is a trunk: it would hear every VLAN, and a guest could send into any.
  vlan_mode: 'access',
  external_ids: mapOf({ [vifKey]: port.id, 'xs-vm-uuid': port.vmId, [ownerKey]: host.tag }),
});

const interfaceColumns = (port: VifPort): { readonly [key: string]: Json } => ({
  mtu_request: port.mtu,
  external_ids: mapOf({ 'attached-mac': port.mac, 'iface-id': port.id, 'vm-uuid': port.vmId, 'xs-vif-uuid': port.id }),
  ingress_policing_rate: port.rateKbps ?? 0,
  // A tenth of a second's worth: smaller bursts keep TCP from reaching the rate.
  ingress_policing_burst: Math.ceil((port.rateKbps ?? 0) / 10),
});

const planPort = (draft: Draft, wish: Extract<Wish, { kind: 'port' }>): Outcome => {
  const { port, ifname, device } = wish;
  const bridge = draft.bridges.get(device);
  if (!bridge) return refused(new DriverError('not-found', `there is no bridge ${port.bridge} on this host`));
  const known = draft.vifs.get(port.id);
  if (known && known.device === device && known.name === ifname) {
    const interfaceRow = interfaceColumns(port);
    draft.operations.push(
      { op: 'update', table: 'Port', where: [['name', '==', ifname]], row: portColumns(draft.host, port) },
      { op: 'update', table: 'Interface', where: [['name', '==', ifname]], row: interfaceRow },
    );
    return planned(ifname);
  }
  if (known) removePort(draft, port.id);
  const portName = addInterface(draft, { name: ifname, ...portColumns(draft.host, port) }, { name: ifname, ...interfaceColumns(port) });
  attachPort(draft, device, namedUuid(portName), 'insert');
  bridge.ports.add(ifname);
  draft.vifs.set(port.id, { name: ifname, uuid: namedUuid(portName), device });
  return planned(ifname);
};

const attachPort = (draft: Draft, device: string, port: Json, how: 'insert' | 'delete'): void => {
  draft.operations.push({ op: 'mutate', table: 'Bridge', where: [['name', '==', device]], mutations: [['ports', how, setOf([port])]] });
};

const removePort = (draft: Draft, vifId: string): void => {
  const known = draft.vifs.get(vifId);
  const bridge = known && draft.bridges.get(known.device);
  if (!known || !bridge) return;
  attachPort(draft, known.device, known.uuid, 'delete');
  bridge.ports.delete(known.name);
  draft.vifs.delete(vifId);
};

/** What a later wish of the batch took away again need not work. */
const onlyRemaining = (outcome: Outcome, remaining: ReadonlySet<string>): Outcome =>
  outcome.kind === 'planned' ? planned(...outcome.interfaces.filter(name => remaining.has(name))) : outcome;

/** One transaction for all wishes, taken in order. Rows that nothing names any more go away by themselves. */
export const planBatch = (view: View, host: Host, wishes: readonly Wish[]): Batch => {
  const draft = new Draft(view, host);
  const outcomes = wishes.map((wish): Outcome => {
    switch (wish.kind) {
      case 'bridge':
        return planBridge(draft, wish);
      case 'no-bridge':
        return planNoBridge(draft, wish);
      case 'port':
        return planPort(draft, wish);
      case 'no-port':
        removePort(draft, wish.vifId);
        return planned();
      default:
        return wish satisfies never;
    }
  });
  const remaining = new Set([...draft.bridges.keys(), ...[...draft.vifs.values()].map(({ name }) => name)]);
  return { operations: draft.operations, outcomes: outcomes.map(outcome => onlyRemaining(outcome, remaining)) };
};

/** VIFs of this host that have ports. */
export const pluggedVifs = (view: View, tag: string): readonly string[] =>
  [...view.ports.values()].flatMap(({ externalIds }) => {
    const vif = externalIds[vifKey];
    return vif !== undefined && externalIds[ownerKey] === tag ? [vif] : [];
  });
