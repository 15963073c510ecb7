// Where the host's own addresses are on this switch: on the interface that each bridge has for itself, if its NICs are ours to use.

import type { DriverError } from '../../hypervisor.ts';
import { blamedFor, type HostedNetwork, type HostNetwork } from '../desired.ts';
import type { HostAddresses, LinkAddresses } from '../host/addresses.ts';
import type { AddressedLink } from '../host/wanted.ts';
import type { HostAddressStatus } from '../status.ts';
import type { Failures } from './commit.ts';
import type { Host } from './host.ts';
import { externalId, isOurs, roleKey } from './owner.ts';
import type { SwitchView } from './switch-view.ts';

/** The NICs by which a network leaves the host; undefined where it does not. */
const nicsOf = (network: HostedNetwork, desired: HostNetwork): readonly string[] | undefined => {
  const { uplink } = network;
  switch (uplink.kind) {
    case 'none':
      return undefined;
    case 'nic':
      return [uplink.device];
    case 'bond':
      return uplink.members.map(({ device }) => device);
    case 'vlan': {
      const parent = desired.networks.find(({ bridge }) => bridge === uplink.parent);
      return parent && nicsOf(parent, desired);
    }
    case 'tunnel':
      return [];
    default:
      return uplink satisfies never;
  }
};

/** Only what lies directly below hands its addresses on: a VLAN takes none from the NIC it runs over. */
const handsOn = ({ uplink }: HostedNetwork): boolean => uplink.kind === 'nic' || uplink.kind === 'bond';

interface OwnLink {
  readonly link: AddressedLink;
  readonly network: HostedNetwork;
}

/** All links of the state on NICs of ours, also those without addresses: what their NICs had must not stay there. */
export const ownLinks = (desired: HostNetwork, host: Host, failed: Failures): readonly OwnLink[] =>
  desired.networks.flatMap(network => {
    if (failed.has(blamedFor(network)) || (network.ip === undefined && !handsOn(network))) return [];
    const nics = nicsOf(network, desired);
    if (nics === undefined || !nics.every(device => host.takes(device))) return [];
    const ip = network.ip ?? { ipv4: { kind: 'none' }, ipv6: { kind: 'none' }, dns: [], isManagement: false };
    return [{ network, link: { device: host.names.bridge(network.bridge), below: handsOn(network) ? nics : [], ip } }];
  });

/** Moves the addresses after the switch has moved the NICs. Answers what failed, by the uuid to blame. */
export const applyOwnAddresses = async (
  addresses: HostAddresses,
  desired: HostNetwork,
  host: Host,
  failed: Failures,
): Promise<Failures> => {
  const links = ownLinks(desired, host, failed);
  const failures = new Map<string, DriverError>();
  const broken = await addresses.apply(links.map(({ link }) => link));
  for (const { link, network } of links)
    for (const device of [link.device, ...link.below]) {
      const error = broken.get(device);
      if (error) failures.set(blamedFor(network), error);
    }
  return failures;
};

/** The device on which each NIC's addresses are: the bridge of ours that the NIC is on. */
export const carriersOf = (view: SwitchView, tag: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const bridge of view.bridges.values()) {
    if (!isOurs(bridge, tag)) continue;
    for (const uuid of bridge.ports) {
      const port = view.ports.get(uuid);
      if (!port || !isOurs(port, tag) || externalId(port, roleKey) !== 'uplink') continue;
      for (const id of port.interfaces) {
        const device = view.interfaces.get(id)?.name;
        if (device !== undefined) found.set(device, bridge.name);
      }
    }
  }
  return found;
};

export const addressStatus = (links: readonly LinkAddresses[], desired: HostNetwork, host: Host): readonly HostAddressStatus[] => {
  const bridges = new Map(desired.networks.map(({ bridge }) => [host.names.bridge(bridge), bridge]));
  return links.flatMap(({ device, ...status }) => {
    const bridge = bridges.get(device);
    return bridge === undefined ? [] : [{ bridge, ...status }];
  });
};
