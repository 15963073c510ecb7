// From what the kernel has to what the host's addresses should be: switches of /proc/sys, and lines for one run of `ip -batch`. Pure; a
// state that is reached already gives an empty plan.
//
// An address that moves is there on its new link before it goes from the old one, in one run, so that connections live through it. On the
// NICs below a bridge the kernel is silenced: in user space the switch only gets copies of their frames, and two would answer.

import { familyOf, gatewayLink, sharedAddresses, takesRouters, wantedAddresses } from './wanted.ts';
import type { AddressedLink, Leases, WantedAddress } from './wanted.ts';
import type { HostAddress } from '../desired.ts';
import type { Family, KernelView } from './kernel-view.ts';

export interface SwitchWrite {
  /** Below /proc/sys/net. */
  readonly path: string;
  readonly value: string;
}

export interface PlannedLine {
  readonly text: string;
  /** Who is blamed when it fails. */
  readonly device: string;
  /** What it removes may be gone by then. */
  readonly mayFail: boolean;
  /** Its failure is said in the log: it takes nothing else away. */
  readonly isExtra?: true;
  /** The address that it gives the link. */
  readonly gives?: HostAddress;
}

export interface AddressPlan {
  readonly before: readonly SwitchWrite[];
  readonly lines: readonly PlannedLine[];
  readonly after: readonly SwitchWrite[];
}

export interface AddressWish {
  readonly links: readonly AddressedLink[];
  /** Links that had addresses by us and shall have none any more. */
  readonly released: readonly string[];
  readonly leases: Leases;
}

/** Marks routes made here; any number that the distribution's list of protocols does not name. */
export const ROUTE_PROTOCOL = '120';
const families: readonly Family[] = [4, 6];

const line = (device: string, text: string, mayFail = false): PlannedLine => ({ device, text, mayFail });

const subnetOf = ({ address, prefixLength }: WantedAddress): string => {
  if (familyOf(address) === 6) return address;
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return `${Math.floor(bits / 2 ** (32 - prefixLength))}/${prefixLength}`;
};

/** Those that are there and must be made again behind new ones: the first IPv4 address of a subnet is what the host speaks from. */
const toReorder = (wanted: readonly WantedAddress[], present: readonly string[]): ReadonlySet<string> => {
  const behind = new Set<string>();
  const again = new Set<string>();
  for (const address of wanted) {
    if (familyOf(address.address) === 6) continue;
    const isThere = present.includes(address.address);
    if (isThere && behind.has(subnetOf(address))) again.add(address.address);
    if (!isThere) behind.add(subnetOf(address));
  }
  return again;
};

const addressLine = (view: KernelView, link: AddressedLink, wanted: WantedAddress): PlannedLine => {
  const { address, prefixLength, validSeconds, preferredSeconds } = wanted;
  const isIpv4 = familyOf(address) === 4;
  // One that was on the host before has no need to be asked for again.
  const isKnown = [...view.links.values()].some(other => other.addresses.some(had => had.address === address && !had.tentative));
  const words = [`address replace ${address}/${prefixLength}`, ...(isIpv4 ? ['broadcast +'] : []), `dev ${link.device}`];
  if (validSeconds !== undefined) words.push(`valid_lft ${validSeconds}`, `preferred_lft ${preferredSeconds ?? validSeconds}`);
  if (!isIpv4 && isKnown) words.push('nodad');
  return { ...line(link.device, words.join(' ')), gives: { address, prefixLength } };
};

const planLink = (view: KernelView, link: AddressedLink, leases: Leases, isRestarted: boolean): readonly PlannedLine[] => {
  const { device } = link;
  const lines: PlannedLine[] = [];
  for (const name of [...link.below, device]) if (view.links.get(name)?.isUp === false) lines.push(line(name, `link set dev ${name} up`));
  for (const family of families) {
    const wanted = wantedAddresses(view, link, leases.get(device), family);
    const there = isRestarted && family === 6 ? [] : sharedAddresses(view, device, family);
    const matches = (a: WantedAddress, b: WantedAddress): boolean => a.address === b.address && a.prefixLength === b.prefixLength;
    const present = there.filter(address => wanted.some(other => matches(other, address))).map(({ address }) => address);
    const again = toReorder(wanted, present);
    for (const had of there)
      if (again.has(had.address) || (!present.includes(had.address) && wanted.some(({ address }) => address === had.address)))
        lines.push(line(device, `address del ${had.address}/${had.prefixLength} dev ${device}`, true));
    for (const address of wanted)
      if (!present.includes(address.address) || again.has(address.address)) lines.push(addressLine(view, link, address));
  }
  return lines;
};

/** On the link itself what is not wanted, below it everything. */
const planRemovals = (view: KernelView, { links, released, leases }: AddressWish): readonly PlannedLine[] => {
  const kept = new Map(
    links.map(link => [
      link.device,
      new Set(families.flatMap(family => wantedAddresses(view, link, leases.get(link.device), family).map(({ address }) => address))),
    ]),
  );
  const devices = new Set([...links.flatMap(({ device, below }) => [device, ...below]), ...released]);
  const lines: PlannedLine[] = [];
  for (const device of devices)
    for (const { address, prefixLength } of families.flatMap(family => sharedAddresses(view, device, family)))
      if (kept.get(device)?.has(address) !== true) lines.push(line(device, `address del ${address}/${prefixLength} dev ${device}`, true));
  return lines;
};

const planDefaults = (view: KernelView, { links, released, leases }: AddressWish, hasMoves: boolean): readonly PlannedLine[] => {
  const ours = new Set([...links.flatMap(({ device, below }) => [device, ...below]), ...released]);
  const lines: PlannedLine[] = [];
  for (const family of families) {
    const wanted = gatewayLink(view, links, leases, family);
    const word = family === 4 ? 'default' : '::/0';
    const routes = view.routes.filter(route => route.family === family && route.destination === 'default' && ours.has(route.device));
    const isThere = routes.some(route => route.device === wanted?.device && route.gateway === wanted.gateway && route.metric !== 0);
    if (wanted !== undefined && (!isThere || hasMoves))
      lines.push(line(wanted.device, `route replace ${word} via ${wanted.gateway} dev ${wanted.device}`));
    for (const route of routes) {
      if (route.gateway === undefined || route.protocol === 'ra') continue;
      if (route.device === wanted?.device && route.gateway === wanted.gateway) continue;
      const metric = route.metric === undefined ? '' : ` metric ${route.metric}`;
      lines.push(line(route.device, `route del ${word} via ${route.gateway} dev ${route.device}${metric}`, true));
    }
  }
  return lines;
};

/** The way to one host is shown without its length. */
const prefixOf = (destination: string): string => destination.replace(destination.includes(':') ? /\/128$/ : /\/32$/, '');

/** Routes of the state; those of ours that it lacks go; those that the system had on a NIC go along with its addresses. */
const planRoutes = (view: KernelView, { links }: AddressWish): readonly PlannedLine[] => {
  const lines: PlannedLine[] = [];
  for (const { device, below, ip } of links) {
    const wanted = ip.routes ?? [];
    const isSame = (a: { readonly destination: string; readonly gateway?: string }, b: typeof a): boolean =>
      prefixOf(a.destination) === prefixOf(b.destination) && a.gateway === b.gateway;
    const same = (route: { readonly destination: string; readonly gateway?: string }) => wanted.some(other => isSame(other, route));
    const onLink = view.routes.filter(route => route.device === device);
    for (const { destination, gateway } of wanted) {
      if (onLink.some(route => isSame(route, { destination, gateway }))) continue;
      const text = `route replace ${destination} via ${gateway} dev ${device} proto ${ROUTE_PROTOCOL}`;
      lines.push({ ...line(device, text, true), isExtra: true });
    }
    for (const route of onLink)
      if (route.protocol === ROUTE_PROTOCOL && route.destination !== 'default' && !same(route))
        lines.push(line(device, `route del ${route.destination} dev ${device} proto ${ROUTE_PROTOCOL}`, true));
    for (const route of view.routes)
      if (below.includes(route.device) && route.gateway !== undefined && route.destination !== 'default' && route.protocol !== 'ra')
        lines.push(line(device, `route replace ${route.destination} via ${route.gateway} dev ${device}`));
  }
  return lines;
};

interface LinkSwitches {
  readonly writes: readonly SwitchWrite[];
  /** IPv6 starts anew on the link, so that it asks for routers: what it had is gone then. */
  readonly isRestarted: boolean;
}

const changed = (view: KernelView, writes: readonly SwitchWrite[]): readonly SwitchWrite[] =>
  writes.filter(({ path, value }) => view.switches.get(path) !== value);

const planSwitches = (view: KernelView, links: readonly AddressedLink[], link: AddressedLink): LinkSwitches => {
  const { device, ip } = link;
  const v6 = (name: string, value: string): SwitchWrite => ({ path: `ipv6/conf/${device}/${name}`, value });
  const v4 = (name: string, value: string): SwitchWrite => ({ path: `ipv4/conf/${device}/${name}`, value });
  const hears = ip.ipv6.kind === 'autoconf' || ip.ipv6.kind === 'dhcp';
  const modes = [
    v6('accept_ra_defrtr', takesRouters(links, link) ? '1' : '0'),
    v6('autoconf', ip.ipv6.kind === 'autoconf' ? '1' : '0'),
    // 2: also where the host forwards.
    v6('accept_ra', hears ? '2' : '0'),
  ];
  const isRestarted =
    hears &&
    view.links.get(device)?.isUp === true &&
    changed(view, modes).length > 0 &&
    view.switches.get(`ipv6/conf/${device}/disable_ipv6`) === '0';
  const writes = [
    // Told by the kernel when the switch gives the bridge another MAC address: others would ask for the old one until they forget it.
    ...changed(view, [v4('promote_secondaries', '1'), v4('arp_ignore', '0'), v4('arp_notify', '1'), v6('ndisc_notify', '1'), ...modes]),
    ...(isRestarted ? [v6('disable_ipv6', '1'), v6('disable_ipv6', '0')] : changed(view, [v6('disable_ipv6', '0')])),
  ];
  return { writes: view.links.has(device) ? writes : [], isRestarted };
};

const silence = (device: string): readonly SwitchWrite[] => [
  { path: `ipv6/conf/${device}/disable_ipv6`, value: '1' },
  { path: `ipv4/conf/${device}/arp_ignore`, value: '8' },
  { path: `ipv4/conf/${device}/rp_filter`, value: '1' },
];

const unsilence = (device: string): readonly SwitchWrite[] => [
  { path: `ipv6/conf/${device}/disable_ipv6`, value: '0' },
  { path: `ipv4/conf/${device}/arp_ignore`, value: '0' },
  { path: `ipv4/conf/${device}/rp_filter`, value: '0' },
];

export const planAddresses = (view: KernelView, wish: AddressWish): AddressPlan => {
  const { links, released, leases } = wish;
  const switches = links.map(link => planSwitches(view, links, link));
  const additions = links.flatMap((link, i) => planLink(view, link, leases, switches[i]?.isRestarted ?? false));
  const removals = planRemovals(view, wish);
  const below = links.flatMap(link => link.below);
  return {
    before: [
      ...below
        .map(device => ({ path: `ipv4/conf/${device}/promote_secondaries`, value: '1' }))
        .filter(write => changed(view, [write]).length > 0),
      ...switches.flatMap(({ writes }) => writes),
    ],
    lines: [...additions, ...removals, ...planRoutes(view, wish), ...planDefaults(view, wish, additions.length + removals.length > 0)],
    after: changed(view, [...below.flatMap(silence), ...released.filter(device => view.links.has(device)).flatMap(unsilence)]),
  };
};
