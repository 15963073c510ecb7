// From what a host's network should be to the draft of the switch: bridges, uplinks, VLANs, and what of an earlier state goes. Pure, and the
// same whatever the switch was before: a NIC, a VLAN or a guest's port that belongs elsewhere now moves within the one change.
//
// Rows made here carry the owner's tag. A bridge that somebody else made is used, not altered; a NIC that is on one is left there.

import { DriverError } from '../../hypervisor.ts';
import { blamedFor, type HostedNetwork, type HostNetwork } from '../desired.ts';
import type { BridgeSpec } from '../../network.ts';
import { impossible } from '../possible.ts';
import type { Draft, DraftBridge, DraftPort } from './draft.ts';
import type { Host } from './host.ts';
import { bridgeFor } from './bridge.ts';
import { asFakeBridge, bridgeKey, externalId, isOurs, namesOf, roleKey } from './owner.ts';
import { placeGuests, vifOf } from './guest-ports.ts';
import { bondPort, nicPort, noBond, tunnelPorts } from './uplinks.ts';

export interface Reconciled {
  /** By the uuid to blame. */
  readonly failures: ReadonlyMap<string, DriverError>;
  /** Interfaces that must come to work, and who is blamed if one does not. */
  readonly interfaces: ReadonlyMap<string, string>;
}

export interface ReconcileOptions {
  /** Bridges made on demand; they stay. */
  readonly onDemand: ReadonlyMap<string, BridgeSpec>;
  /** Only networks of these bridges are brought in line, and nothing is removed. For finding out which one the database refuses. */
  readonly only?: ReadonlySet<string>;
  /** Networks of these bridges are left as they are. */
  readonly spared?: ReadonlySet<string>;
}

class Reconciliation {
  readonly draft: Draft;
  readonly host: Host;
  readonly failures = new Map<string, DriverError>();
  readonly interfaces = new Map<string, string>();
  /** Ports that stay. */
  readonly wanted = new Set<string>();

  constructor(draft: Draft, host: Host) {
    this.draft = draft;
    this.host = host;
  }

  fail(uuid: string, error: DriverError): void {
    if (!this.failures.has(uuid)) this.failures.set(uuid, error);
  }

  ids(network: HostedNetwork): Readonly<Record<string, string>> {
    return namesOf(network, this.host.tag);
  }

  bridge(network: HostedNetwork): DraftBridge | undefined {
    const bridge = bridgeFor(this.draft, this.host, network);
    if (!isOurs(bridge, this.host.tag)) return bridge;
    this.wanted.add(bridge.name);
    this.interfaces.set(bridge.name, blamedFor(network));
    return bridge;
  }

  /** Whether the NIC may be used: not where it is on a port that somebody else made. `isThere`: it is on that bridge already. */
  nic(bridge: DraftBridge, pif: string, device: string): 'take' | 'is-there' | 'no' {
    if (!this.host.takes(device)) return 'no';
    const holder = this.draft.portOfInterface(device);
    if (!holder || isOurs(holder, this.host.tag)) return 'take';
    if (holder.bridge === bridge.name && holder.interfaces.length === 1) return 'is-there';
    this.fail(pif, new DriverError('in-use', `${device} is on the bridge ${holder.bridge} of somebody else`));
    return 'no';
  }

  port(bridge: DraftBridge, spec: Parameters<Draft['setPort']>[1], blamed: (interfaceName: string) => string): void {
    this.draft.setPort(bridge.name, spec);
    this.wanted.add(spec.name);
    for (const { name } of spec.interfaces) this.interfaces.set(name, blamed(name));
  }

  uplink(bridge: DraftBridge, network: HostedNetwork): void {
    const { uplink, mtu } = network;
    switch (uplink.kind) {
      case 'none':
        return;
      case 'nic': {
        const verdict = this.nic(bridge, uplink.pif, uplink.device);
        if (verdict === 'take') this.port(bridge, nicPort(uplink.device, mtu, this.ids(network)), () => uplink.pif);
        if (verdict === 'is-there') this.interfaces.set(uplink.device, uplink.pif);
        return;
      }
      case 'bond': {
        const members = uplink.members.filter(({ pif, device }) => this.nic(bridge, pif, device) === 'take');
        if (members.length === 0) return;
        const devices = members.map(({ device }) => device);
        const pifs = new Map(members.map(({ pif, device }) => [device, pif]));
        const spec = bondPort(this.host.names.bond(uplink.device), uplink, devices, mtu, this.ids(network));
        this.port(bridge, spec, name => pifs.get(name) ?? uplink.pif);
        return;
      }
      case 'tunnel':
        for (const spec of tunnelPorts(this.host.names, network, uplink, this.ids(network))) this.port(bridge, spec, () => uplink.pif);
        return;
      case 'vlan':
        return;
      default:
        uplink satisfies never;
    }
  }

  /**
   * A VLAN is a port on the bridge below that Open vSwitch shows as a bridge of its own. It has that one's address (`mac`): the switch would
   * draw others at each start, and give them to hundreds of devices.
   */
  vlan(network: HostedNetwork, mac: string | undefined): void {
    const { uplink } = network;
    if (uplink.kind !== 'vlan') return;
    const parent = this.draft.bridges.get(this.host.names.bridge(uplink.parent));
    if (!parent) {
      this.fail(uplink.pif, new DriverError('not-found', `VLAN ${uplink.tag} needs the bridge ${uplink.parent}, which is not there`));
      return;
    }
    const name = this.host.names.bridge(network.bridge);
    const ids = this.ids(network);
    this.#dissolve(name, parent);
    const spec = {
      name,
      columns: {
        ...noBond,
        vlan_mode: null,
        protected: false,
        tag: uplink.tag,
        fake_bridge: true,
        external_ids: { ...ids, ...asFakeBridge({ 'xs-network-uuids': network.networkId }), [roleKey]: 'vlan' },
      },
      interfaces: [{ name, columns: { type: 'internal', mtu_request: network.mtu, mac: mac ?? null } }],
    };
    this.port(parent, spec, () => uplink.pif);
  }

  /** What was a bridge of its own becomes a VLAN on another, with the guests on it. */
  #dissolve(name: string, parent: DraftBridge): void {
    const bridge = this.draft.bridges.get(name);
    if (!bridge) return;
    if (!isOurs(bridge, this.host.tag)) throw new DriverError('exists', `the bridge ${name} belongs to somebody else`);
    for (const port of Array.from(bridge.ports))
      if (vifOf(this.draft.ports.get(port), this.host.tag)) this.draft.movePort(port, parent.name);
    this.draft.removeBridge(name);
  }

  /** Uplinks and VLANs of an earlier state, then bridges that nobody is on. `spared`: XenAPI bridges that are left as they are. */
  sweep(spared: ReadonlySet<string>): void {
    const { draft, host, wanted } = this;
    const stays = (entity: DraftBridge | DraftPort): boolean =>
      wanted.has(entity.name) || !isOurs(entity, host.tag) || spared.has(externalId(entity, bridgeKey) ?? '');
    for (const port of Array.from(draft.ports.values()))
      if (externalId(port, roleKey) !== undefined && !stays(port)) draft.removePort(port.name);
    for (const bridge of Array.from(draft.bridges.values())) if (isEmpty(bridge) && !stays(bridge)) draft.removeBridge(bridge.name);
  }
}

const isEmpty = (bridge: DraftBridge): boolean => bridge.ports.size === 0 || (bridge.ports.size === 1 && bridge.ports.has(bridge.name));

const internal = (spec: BridgeSpec): HostedNetwork => ({ ...spec, uplink: { kind: 'none' } });

/** Edits the draft into the desired state. */
export const reconcile = (draft: Draft, host: Host, desired: HostNetwork, { onDemand, only, spared }: ReconcileOptions): Reconciled => {
  const work = new Reconciliation(draft, host);
  for (const [uuid, error] of impossible(desired)) work.fail(uuid, error);
  const asked = new Set(desired.networks.map(({ bridge }) => bridge));
  const all = [...desired.networks, ...[...onDemand.values()].filter(({ bridge }) => !asked.has(bridge)).map(internal)];
  const chosen = all.filter(({ bridge }) => only?.has(bridge) !== false && spared?.has(bridge) !== true);
  const networks = chosen.filter(network => !work.failures.has(blamedFor(network)));
  const attempt = (network: HostedNetwork, make: () => void): void => {
    try {
      make();
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      work.fail(blamedFor(network), error);
    }
  };
  for (const network of networks)
    if (network.uplink.kind !== 'vlan')
      attempt(network, () => {
        const bridge = work.bridge(network);
        if (bridge) work.uplink(bridge, network);
      });
  const macs = new Map(all.map(({ bridge, mac }) => [bridge, mac]));
  for (const network of networks) {
    const { uplink } = network;
    if (uplink.kind === 'vlan') attempt(network, () => work.vlan(network, macs.get(uplink.parent)));
  }
  placeGuests(draft, host, desired.ports);
  if (only === undefined) work.sweep(spared ?? new Set());
  return work;
};
