// Who a locked interface may be: its one MAC address and its addresses, in the one spelling that rules are written in. Pure.
//
// Its IPv6 link-local address, as it follows from the MAC, belongs to it without being listed: neighbour discovery, DHCPv6 and multicast
// do not work without one, and nobody else can rightly have it. Where no IPv6 address is listed there is no IPv6, and so none of that.

import { isIPv4, isIPv6 } from 'node:net';

export interface Identity {
  /** Lower case. */
  readonly mac: string;
  readonly ipv4: readonly string[];
  /** With the link-local one, if there are others. */
  readonly ipv6: readonly string[];
}

const macBytes = (mac: string): readonly number[] => mac.split(':').map(byte => Number.parseInt(byte, 16));

/** The 16 bytes of an IPv6 address. The text must be one. */
export const ipv6Bytes = (text: string): readonly number[] => {
  const hex = text.replace(/[^:]*\.[^:]*$/, dotted => {
    const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const words = (part: string): readonly number[] => (part === '' ? [] : part.split(':').map(word => Number.parseInt(word, 16)));
  const [left, right] = [words(head), words(tail ?? '')];
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: gap }, () => 0), ...right].flatMap(word => [word >> 8, word & 0xff]);
};

/** Without abbreviation, so that equal addresses are equal texts. */
const ipv6Text = (bytes: readonly number[]): string =>
  Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16)).join(':');

/** The address that follows from a MAC (RFC 4291, appendix A). */
export const linkLocalOf = (mac: string): string => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = macBytes(mac);
  return ipv6Text([0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 2, b, c, 0xff, 0xfe, d, e, f]);
};

/** Multicast, broadcast and "none" are nobody's source address. */
const isUnicast4 = (address: string): boolean => {
  const first = Number(address.split('.')[0]);
  return first > 0 && first < 224;
};
const isUnicast6 = (bytes: readonly number[]): boolean => bytes[0] !== 0xff && bytes.some(byte => byte !== 0);

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

/** What is no address, or nobody's, is left out: it allows nothing. */
export const identityOf = (mac: string, ipv4Allowed: readonly string[], ipv6Allowed: readonly string[]): Identity => {
  const ipv4 = unique(ipv4Allowed.filter(address => isIPv4(address) && isUnicast4(address)));
  const listed = ipv6Allowed.filter(text => isIPv6(text) && !text.includes('%')).map(ipv6Bytes);
  const ipv6 = listed.filter(isUnicast6).map(ipv6Text);
  return { mac: mac.toLowerCase(), ipv4, ipv6: ipv6.length === 0 ? [] : unique([...ipv6, linkLocalOf(mac)]) };
};
