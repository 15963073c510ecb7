// What the addresses and the gateways of one link should be: the desired state, and what DHCP or the link below it had already. Pure.

import { isIPv6 } from 'node:net';
import type { HostAddress, HostIp } from '../desired.ts';
import type { Family, KernelView, LinkAddress, Route } from './kernel-view.ts';
import type { Lease } from './lease.ts';

/** A link of this host with addresses of its own: a bridge's own interface, or a NIC that no switch has. */
export interface AddressedLink {
  readonly device: string;
  /** NICs that this link stands on: they carry no addresses themselves, and what they carried moves here. */
  readonly below: readonly string[];
  readonly ip: HostIp;
}

export interface LinkLeases {
  readonly v4?: Lease;
  readonly v6?: Lease;
}

export type Leases = ReadonlyMap<string, LinkLeases>;

export interface WantedAddress extends HostAddress {
  readonly validSeconds?: number;
  readonly preferredSeconds?: number;
}

export const familyOf = (address: string): Family => (isIPv6(address.split('/')[0] ?? '') ? 6 : 4);

const isShared = (address: LinkAddress): boolean => address.scope !== 'link' && address.scope !== 'host';

/** The addresses of a link that others could reach it by. */
export const sharedAddresses = (view: KernelView, device: string, family: Family): readonly LinkAddress[] =>
  (view.links.get(device)?.addresses ?? []).filter(address => address.family === family && isShared(address));

const carried = (view: KernelView, link: AddressedLink, family: Family): readonly LinkAddress[] =>
  [link.device, ...link.below].flatMap(device => sharedAddresses(view, device, family));

const leased = (lease: Lease): WantedAddress => ({ address: lease.address, prefixLength: lease.prefixLength });

/** Best first. While a DHCP client has no answer yet, what was there before stays. */
export const wantedAddresses = (
  view: KernelView,
  link: AddressedLink,
  leases: LinkLeases | undefined,
  family: Family,
): readonly WantedAddress[] => {
  const { ip } = link;
  const config = family === 4 ? ip.ipv4 : ip.ipv6;
  const lease = family === 4 ? leases?.v4 : leases?.v6;
  const leaving = (ip.leaving ?? []).filter(({ address }) => familyOf(address) === family);
  const own = (): readonly WantedAddress[] => {
    switch (config.kind) {
      case 'none':
        return [];
      case 'static':
        return [{ address: config.address, prefixLength: config.prefixLength }];
      case 'dhcp':
        return lease === undefined ? carried(view, link, family) : [leased(lease)];
      case 'autoconf':
        // The kernel's own doing; those of the NIC below go along with their times.
        return carried(view, link, family).filter(({ dynamic }) => dynamic);
      default:
        return config satisfies never;
    }
  };
  const seen = new Set<string>();
  return [...own(), ...leaving].filter(({ address }) => !seen.has(address) && seen.add(address));
};

const defaultRouteOf = (view: KernelView, devices: readonly string[], family: Family): Route | undefined =>
  view.routes.find(route => route.family === family && route.destination === 'default' && devices.includes(route.device));

/** The gateway that this link could give the host; undefined where it has none, or where a router's own word counts. */
export const gatewayOf = (view: KernelView, link: AddressedLink, leases: LinkLeases | undefined, family: Family): string | undefined => {
  const config = family === 4 ? link.ip.ipv4 : link.ip.ipv6;
  if (config.kind === 'static') return config.gateway;
  // Over IPv6 it is the router that tells its address, with DHCP too.
  if (config.kind !== 'dhcp' || family === 6) return undefined;
  if (leases?.v4 !== undefined) return leases.v4.gateway;
  return defaultRouteOf(view, [link.device, ...link.below], 4)?.gateway;
};

/** The link whose gateway is the host's: that of the management, else the first that has one. */
export const gatewayLink = (
  view: KernelView,
  links: readonly AddressedLink[],
  leases: Leases,
  family: Family,
): { readonly device: string; readonly gateway: string } | undefined => {
  const ordered = [...links].sort((a, b) => Number(b.ip.isManagement) - Number(a.ip.isManagement));
  for (const link of ordered) {
    const gateway = gatewayOf(view, link, leases.get(link.device), family);
    if (gateway !== undefined) return { device: link.device, gateway };
  }
  return undefined;
};

/** Whether routers on this link may become the host's default way. */
export const takesRouters = (links: readonly AddressedLink[], link: AddressedLink): boolean =>
  link.ip.isManagement || !links.some(other => other.ip.isManagement && other.ip.ipv6.kind !== 'none');
