// What the way to the host's management stands on: its network and everything below it. Pure. A change that leaves this as it is cannot
// cut anybody off.

import type { HostAddress, HostedNetwork, HostNetwork } from '../../../drivers/network.ts';

export const managementOf = ({ networks }: HostNetwork): HostedNetwork | undefined => networks.find(({ ip }) => ip?.isManagement === true);

const belowOf = (state: HostNetwork, { uplink }: HostedNetwork): readonly HostedNetwork[] => {
  if (uplink.kind !== 'vlan') return [];
  return state.networks.filter(({ bridge }) => bridge === uplink.parent).flatMap(parent => [parent, ...belowOf(state, parent)]);
};

const nicsOf = ({ uplink }: HostedNetwork): readonly string[] => {
  if (uplink.kind === 'nic') return [uplink.device];
  return uplink.kind === 'bond' ? uplink.members.map(({ device }) => device) : [];
};

interface Cone {
  readonly management: HostedNetwork;
  readonly below: readonly HostedNetwork[];
}

const coneOf = (state: HostNetwork): Cone | undefined => {
  const management = managementOf(state);
  return management && { management, below: belowOf(state, management) };
};

/** The default way out may be another network's. Networks without a gateway come and go as they like. */
const gatewaysOf = ({ networks }: HostNetwork): readonly string[] =>
  networks.flatMap(({ ip }) => [ip?.ipv4, ip?.ipv6].flatMap(config => (config?.kind === 'static' ? (config.gateway ?? []) : [])));

/** How NICs gather what they receive cuts nobody off. */
const withoutLeaving = ({ management, below }: Cone): unknown => {
  const { leaving: _leaving, dns: _dns, ...ip } = management.ip ?? {};
  const { gro: _gro, ...way } = management;
  return [{ ...way, ip }, below.map(({ ip: _ip, gro: _itsGro, ...network }) => network)];
};

/**
 * Whether the change could cut the management off. A host without management before has nothing to lose, and one that gives it up
 * does so on purpose.
 */
export const touchesManagement = (before: HostNetwork, after: HostNetwork): boolean => {
  const [was, is] = [coneOf(before), coneOf(after)];
  if (!was || !is) return false;
  const gateways = JSON.stringify(gatewaysOf(before)) !== JSON.stringify(gatewaysOf(after));
  return gateways || JSON.stringify(withoutLeaving(was)) !== JSON.stringify(withoutLeaving(is));
};

/** Whether frames for the one still arrive at the other: same NICs below, same tag. */
const isSameWire = (was: Cone, is: Cone): boolean => {
  const tag = ({ uplink }: HostedNetwork): number => (uplink.kind === 'vlan' ? uplink.tag : 0);
  const nics = ({ management, below }: Cone): readonly string[] => [management, ...below].flatMap(nicsOf);
  return tag(was.management) === tag(is.management) && nics(was).some(device => nics(is).includes(device));
};

/**
 * Of the addresses that the management had (`had`), those that can go on beside the new ones while these are on trial, and the network that
 * they are on then.
 */
export const leavingAddresses = (
  before: HostNetwork,
  after: HostNetwork,
  had: readonly HostAddress[],
): { readonly networkId: string; readonly addresses: readonly HostAddress[] } | undefined => {
  const [was, is] = [coneOf(before), coneOf(after)];
  if (!was || !is || !isSameWire(was, is)) return undefined;
  const named = after.networks.flatMap(({ ip }) =>
    [ip?.ipv4, ip?.ipv6].flatMap(config => (config?.kind === 'static' ? [config.address] : [])),
  );
  const addresses = had.filter(({ address }) => !named.includes(address));
  return addresses.length === 0 ? undefined : { networkId: is.management.networkId, addresses };
};
