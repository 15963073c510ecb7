// Frames byte by byte: Ethernet, ARP, IPv4, IPv6, ICMPv6, UDP, with every field that a liar might set.

import { ipv6Bytes } from '../../../../src/drivers/network/ovs/flows/identity.ts';

export type Bytes = readonly number[];

export const mac = (text: string): Bytes => text.split(':').map(byte => Number.parseInt(byte, 16));
export const address = (text: string): Bytes => (text.includes(':') ? ipv6Bytes(text) : text.split('.').map(Number));
export const text = (words: string): Bytes => [...Buffer.from(words)];
export const u16 = (value: number): Bytes => [(value >> 8) & 0xff, value & 0xff];
export const u32 = (value: number): Bytes => [...u16(value >>> 16), ...u16(value & 0xffff)];
const zeros = (count: number): Bytes => Array.from({ length: count }, () => 0);

const checksum = (bytes: Bytes): Bytes => {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return u16(~sum & 0xffff);
};

export interface Ethernet {
  readonly from: string;
  readonly to: string;
  /** 802.1Q tags that the sender itself puts on, outermost first; a number is the VLAN. */
  readonly tags?: readonly number[];
}

/** As hexadecimal text, padded to the least that a wire carries. */
export const frame = ({ from, to, tags = [] }: Ethernet, type: number, payload: Bytes): string => {
  const bytes = [...mac(to), ...mac(from), ...tags.flatMap(tag => [...u16(0x8100), ...u16(tag)]), ...u16(type), ...payload];
  return Buffer.from([...bytes, ...zeros(Math.max(0, 60 - bytes.length))]).toString('hex');
};

/** IEEE 802.3 with a length, as spanning tree has it. */
export const llc = (link: Ethernet, payload: Bytes): string => frame(link, payload.length, payload);

export const etherTypes = { ipv4: 0x0800, arp: 0x0806, rarp: 0x8035, ipv6: 0x86dd } as const;

export interface Arp {
  readonly operation: number;
  readonly senderMac: string;
  readonly sender: string;
  readonly targetMac?: string;
  readonly target: string;
}

export const arp = ({ operation, senderMac, sender, targetMac = '00:00:00:00:00:00', target }: Arp): Bytes => [
  ...[0, 1, 8, 0, 6, 4, 0, operation],
  ...mac(senderMac),
  ...address(sender),
  ...mac(targetMac),
  ...address(target),
];

export interface Ip {
  readonly source: string;
  readonly destination: string;
  /** Number of bytes / 8 from the start of the packet, and whether more follow. */
  readonly fragment?: { readonly offset: number; readonly more: boolean };
}

export const ipv4 = ({ source, destination, fragment }: Ip, protocol: number, payload: Bytes): Bytes => {
  const place = fragment === undefined ? 0 : fragment.offset | (fragment.more ? 0x2000 : 0);
  const head = [0x45, 0, ...u16(20 + payload.length), 0, 1, ...u16(place), 64, protocol];
  const ends = [...address(source), ...address(destination)];
  return [...head, ...checksum([...head, 0, 0, ...ends]), ...ends, ...payload];
};

/** `next`: the protocol of the payload, which may begin with extension headers. */
export const ipv6 = ({ source, destination, fragment }: Ip, next: number, payload: Bytes): Bytes => {
  const part: Bytes =
    fragment === undefined ? payload : [next, 0, ...u16((fragment.offset << 3) | (fragment.more ? 1 : 0)), ...u32(0x2a), ...payload];
  const first = fragment === undefined ? next : 44;
  return [0x60, 0, 0, 0, ...u16(part.length), first, 255, ...address(source), ...address(destination), ...part];
};

export const udp = (from: number, to: number, payload: Bytes): Bytes => [
  ...u16(from),
  ...u16(to),
  ...u16(8 + payload.length),
  0,
  0,
  ...payload,
];

export const icmp4 = (type: number, payload: Bytes): Bytes => {
  const rest = [0, 0, 0, 0, ...payload];
  return [type, 0, ...checksum([type, 0, 0, 0, ...rest]), ...rest];
};

export const icmp6 = ({ source, destination }: Ip, type: number, body: Bytes): Bytes => {
  const pseudo = [...address(source), ...address(destination), ...u32(4 + body.length), 0, 0, 0, 58];
  return [type, 0, ...checksum([...pseudo, type, 0, 0, 0, ...body]), ...body];
};

/** Options of neighbour discovery: a link-layer address (1: of the source, 2: of the target), and one that nobody knows, for the mark. */
export const linkLayer = (kind: 1 | 2, of: string): Bytes => [kind, 1, ...mac(of)];
export const markOption = (mark: string): Bytes => {
  const units = Math.ceil((mark.length + 2) / 8);
  return [253, units, ...text(mark), ...zeros(units * 8 - 2 - mark.length)];
};

/** Destination options that do nothing, of 8 × (1 + `units`) bytes, before a header of kind `next`. */
export const destinationOptions = (next: number, units = 0): Bytes => [next, units, 1, 4 + 8 * units, ...zeros(4 + 8 * units)];

/** Hop-by-hop options with the router alert that membership reports bear. */
export const routerAlert = (next: number): Bytes => [next, 0, 5, 2, 0, 0, 1, 0];
