// The rules of locked interfaces, as the guard bridge has them. Pure; `docs/vif-locking.md` says of each kind of frame why.
//
//   from the guest (its tap)  ── table 0: is the sender itself? ─┬─► table 1: IPv4, is it for a guest to say? ─┬─► its door to the network
//                                 (rules of that interface)       └─► table 2: IPv6, likewise ──────────────────┘
//   from the network (its door) ── table 0: to its MAC or to a group ─► its tap
//
// A frame that no rule names is dropped: rules only ever allow, but for what tables 1 and 2 take away again from every guest alike.
// Every rule of an interface bears its cookie and names its own port: so rules of two never overlap.

import { createHash } from 'node:crypto';
import type { Identity } from './identity.ts';

/** An interface behind the guard, with its two ports there. */
export interface GuardedPort {
  readonly vifId: string;
  /** `disabled`: nothing passes, either way. */
  readonly mode: 'locked' | 'disabled';
  readonly identity: Identity;
  /** OpenFlow numbers of its tap and of its door to the network. */
  readonly tap: number;
  readonly door: number;
}

export interface Rule {
  readonly cookie: string;
  readonly table: number;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
}

const ipv4Table = 1;
const ipv6Table = 2;

/** Of the rules that are not an interface's. */
export const commonCookie = '0x786370';

/** 64 bits of a hash; the first bit is never set, so it is neither "none" nor "all". */
export const cookieOf = (vifId: string): string => {
  const hex = createHash('sha256').update(vifId).digest('hex');
  return `0x4${hex.slice(1, 16)}`;
};

const noLinkLayer = '00:00:00:00:00:00';
const anyGroup = '01:00:00:00:00:00/01:00:00:00:00:00';

/** ICMPv6 that any host may send: errors, echo, membership reports, router solicitation, extended echo. The rest is for routers. */
const hostIcmp6 = [1, 2, 3, 4, 128, 129, 131, 132, 133, 143, 160, 161] as const;
/** Said before a host has an address: router solicitation and membership reports. */
const addresslessIcmp6 = [131, 132, 133, 143] as const;

const common = (table: number, priority: number, match: string, actions: string): Rule => ({
  cookie: commonCookie,
  table,
  priority,
  match,
  actions,
});

const pass = 'output:NXM_NX_REG0[]';

/** What holds for every locked interface, once it is known that the sender is itself. */
export const commonRules: readonly Rule[] = [
  common(0, 0, '', 'drop'),
  // DHCP servers, redirects, router advertisements (RFC 1256) and multicast queries are not for guests.
  common(ipv4Table, 20, 'udp,tp_src=67', 'drop'),
  common(ipv4Table, 20, 'udp,tp_dst=68', 'drop'),
  common(ipv4Table, 20, 'icmp,icmp_type=5', 'drop'),
  common(ipv4Table, 20, 'icmp,icmp_type=9', 'drop'),
  common(ipv4Table, 20, 'ip,nw_proto=2,nw_dst=224.0.0.1', 'drop'),
  common(ipv4Table, 10, 'ip', pass),
  common(ipv6Table, 20, 'udp6,tp_src=547', 'drop'),
  common(ipv6Table, 20, 'udp6,tp_dst=546', 'drop'),
  // A first fragment that ends before its ports, or within its chain of headers: so are router advertisements smuggled past filters
  // (RFC 7113). Later fragments pass: what they belong to was judged by the first.
  common(ipv6Table, 20, 'udp6,tp_src=0,tp_dst=0', 'drop'),
  common(ipv6Table, 20, 'ipv6,nw_proto=0', 'drop'),
  ...hostIcmp6.map(type => common(ipv6Table, 20, `icmp6,icmp_type=${type}`, pass)),
  common(ipv6Table, 15, 'icmp6', 'drop'),
  common(ipv6Table, 10, 'ipv6', pass),
];

/** The rules of one interface. None, when nothing may pass. */
export const rulesOf = ({ vifId, mode, identity, tap, door }: GuardedPort): readonly Rule[] => {
  const { mac, ipv4, ipv6 } = identity;
  if (mode === 'disabled' || ipv4.length + ipv6.length === 0) return [];
  const cookie = cookieOf(vifId);
  const rule = (table: number, priority: number, match: string, actions: string): Rule => ({ cookie, table, priority, match, actions });
  // Only untagged: a tag is a way into another VLAN, and of no use on a port that has one.
  const fromGuest = (match: string, actions = `output:${door}`): Rule =>
    rule(0, 10, `in_port=${tap},vlan_tci=0x0000,dl_src=${mac},${match}`, actions);
  const checked = (table: number): string => `load:${door}->NXM_NX_REG0[],resubmit(,${table})`;
  // In one piece: what the switch cannot see of a fragmented message, the receiver might (RFC 6980).
  const discovery = (match: string): Rule => rule(ipv6Table, 30, `in_port=${tap},icmp6,nw_frag=no,${match}`, `output:${door}`);
  const toGuest = (destination: string): Rule => rule(0, 10, `in_port=${door},dl_dst=${destination}`, `output:${tap}`);

  const ipv4Rules = (): readonly Rule[] => [
    ...ipv4.map(address => fromGuest(`arp,arp_sha=${mac},arp_spa=${address}`)),
    // Is an address in use (RFC 5227)?
    fromGuest(`arp,arp_op=1,arp_sha=${mac},arp_spa=0.0.0.0`),
    ...ipv4.map(address => fromGuest(`ip,nw_src=${address}`, checked(ipv4Table))),
    fromGuest('udp,nw_src=0.0.0.0,nw_dst=255.255.255.255,tp_dst=67'),
    // Membership before there is an address; reports go to groups, queries to all hosts.
    fromGuest('ip,nw_proto=2,nw_src=0.0.0.0,nw_dst=224.0.0.0/4', checked(ipv4Table)),
  ];
  const ipv6Rules = (): readonly Rule[] => [
    ...ipv6.map(address => fromGuest(`ipv6,ipv6_src=${address}`, checked(ipv6Table))),
    // Duplicate address detection: for its own addresses, with no link-layer address (RFC 4861, 4.3).
    ...ipv6.map(address => fromGuest(`icmp6,nw_frag=no,icmp_type=135,ipv6_src=::,nd_target=${address},nd_sll=${noLinkLayer}`)),
    ...addresslessIcmp6.map(type => fromGuest(`icmp6,icmp_type=${type},ipv6_src=::`)),
    discovery(`icmp_type=135,nd_sll=${mac}`),
    discovery(`icmp_type=135,nd_sll=${noLinkLayer}`),
    ...ipv6.map(address => discovery(`icmp_type=136,nd_target=${address},nd_tll=${mac}`)),
  ];
  return [
    // How a hypervisor tells the network where a guest that moved is now.
    fromGuest(`rarp,arp_op=3,arp_sha=${mac},arp_tha=${mac},arp_spa=0.0.0.0`),
    ...(ipv4.length === 0 ? [] : ipv4Rules()),
    ...(ipv6.length === 0 ? [] : ipv6Rules()),
    toGuest(mac),
    toGuest(anyGroup),
  ];
};
