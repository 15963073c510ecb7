// A bridge of its own for a network, and where a network's bridge is on the switch.

import { DriverError } from '../../hypervisor.ts';
import type { HostedNetwork } from '../desired.ts';
import type { Draft, DraftBridge } from './draft.ts';
import type { Host } from './host.ts';
import { bridgePortIds, externalId, isOurs, namesOf, ownerKey } from './owner.ts';
import { noBond } from './uplinks.ts';

/** The bridge is there, as the network says. One that somebody else made is used as it is; that of another xcp host is refused. */
export const bridgeFor = (draft: Draft, host: Host, network: HostedNetwork): DraftBridge => {
  const device = host.names.bridge(network.bridge);
  const known = draft.bridges.get(device);
  if (known && !isOurs(known, host.tag)) {
    if (externalId(known, ownerKey) === undefined) return known;
    throw new DriverError('exists', `the bridge ${device} belongs to another xcp host of this machine`);
  }
  draft.setBridge(device, {
    datapath_type: host.datapathType,
    external_ids: namesOf(network, host.tag),
    other_config: { 'disable-in-band': 'true', hwaddr: network.mac ?? null },
    mcast_snooping_enable: network.igmpSnooping === true,
  });
  draft.setPort(device, {
    name: device,
    columns: { ...noBond, tag: null, vlan_mode: null, fake_bridge: false, protected: false, external_ids: bridgePortIds(host.tag) },
    interfaces: [{ name: device, columns: { type: 'internal', mtu_request: network.mtu, mac: null } }],
  });
  const bridge = draft.bridges.get(device);
  if (!bridge) throw new DriverError('failed', `the bridge ${device} is lost`);
  return bridge;
};

export interface Place {
  /** Device of the bridge that ports are on. */
  readonly bridge: string;
  /** Of a VLAN. */
  readonly tag: number | null;
}

/** Where the guests of a XenAPI bridge are: on it, or with a tag on the bridge below. */
export const placeOf = (draft: Draft, host: Host, bridge: string): Place | undefined => {
  const device = host.names.bridge(bridge);
  if (draft.bridges.has(device)) return { bridge: device, tag: null };
  const fake = draft.ports.get(device);
  const tag = fake?.columns['tag'];
  return fake?.columns['fake_bridge'] === true && typeof tag === 'number' ? { bridge: fake.bridge, tag } : undefined;
};
