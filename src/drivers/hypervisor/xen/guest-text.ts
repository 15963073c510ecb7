// What a guest wrote about itself in xenstore, as the contract's metrics. Everything is bounded before it gets here and checked here: a guest may
// write rubbish, huge or endless.

import type { GuestMetrics } from '../../hypervisor.ts';

/** The most that is read of one guest: values of at most so many bytes, so many of them, so deep. */
export const GUEST_LIMITS = { nodes: 512, depth: 5, children: 64, valueBytes: 1024 } as const;

const MAX_TEXT = 256;
const MAX_ADDRESSES = 16;

/** Printable text, cut. Bytes that are no UTF-8 become one mark each and go with the rest that is not printable. */
export const printable = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8')
    .decode(bytes.subarray(0, GUEST_LIMITS.valueBytes))
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]|\ufffd/gu, '')
    .slice(0, MAX_TEXT)
    .trim();

/** Values by their path below the domain's own: `attr/vif/0/ipv4/0`. */
export type GuestNodes = ReadonlyMap<string, Uint8Array>;

const OS_KEYS: Readonly<Record<string, string>> = {
  'data/os_name': 'name',
  'data/os_uname': 'uname',
  'data/os_distro': 'distro',
  'data/os_majorver': 'major',
  'data/os_minorver': 'minor',
};

/** The nodes that say which system it is, below the domain's own. */
export const OS_PATHS: readonly string[] = Object.keys(OS_KEYS);

const VERSION_PARTS = ['MajorVersion', 'MinorVersion', 'MicroVersion', 'BuildVersion'];

const isIpv4 = (text: string): boolean => /^(\d{1,3})(\.\d{1,3}){3}$/.test(text) && text.split('.').every(part => Number(part) < 256);
const isIpv6 = (text: string): boolean => /^[0-9a-f:]{2,39}(\.\d{1,3}){0,3}$/i.test(text) && text.includes(':');

/** The three ways in which agents name a card's addresses: `attr/vif/0/ipv4/0`, `attr/eth0/ip`, `attr/eth0/ipv6/0/addr`. */
const ADDRESS = /^attr\/(?:vif\/(?<vif>\d{1,2})\/(?<family>ipv[46])\/\d{1,2}|eth(?<eth>\d{1,2})\/(?:ip|ipv6\/\d{1,2}\/addr))$/;

const networksOf = (nodes: GuestNodes, cards: ReadonlyMap<number, string>): Readonly<Record<string, string>> => {
  const networks: Record<string, string> = {};
  const counts = new Map<string, number>();
  for (const [path, bytes] of [...nodes].toSorted(([a], [b]) => a.localeCompare(b))) {
    const groups = ADDRESS.exec(path)?.groups;
    if (groups === undefined) continue;
    const device = cards.get(Number(groups['vif'] ?? groups['eth']));
    const address = printable(bytes);
    const family = isIpv4(address) ? 'ipv4' : 'ipv6';
    if (device === undefined || (family === 'ipv6' && !isIpv6(address))) continue;
    const count = counts.get(`${device}/${family}`) ?? 0;
    if (count >= MAX_ADDRESSES) continue;
    counts.set(`${device}/${family}`, count + 1);
    networks[`${device}/${family}/${count}`] = address;
    if (family === 'ipv4' && count === 0) networks[`${device}/ip`] = address;
  }
  return networks;
};

/**
 * Undefined when no agent wrote its version. `cards`: the XenAPI device of each card by the number that the domain has for it.
 */
export const guestMetricsOf = (nodes: GuestNodes, cards: ReadonlyMap<number, string>): GuestMetrics | undefined => {
  const text = (path: string): string => printable(nodes.get(path) ?? new Uint8Array(0));
  const osVersion: Record<string, string> = {};
  for (const [path, key] of Object.entries(OS_KEYS)) {
    const value = text(path);
    if (value !== '') osVersion[key] = value;
  }
  const version = VERSION_PARTS.map(part => text(`attr/PVAddons/${part}`)).filter(part => /^\d{1,6}$/.test(part));
  if (version.length === 0) return undefined;
  return { agentVersion: version.join('.'), osVersion, networks: networksOf(nodes, cards) };
};
