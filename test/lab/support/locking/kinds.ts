// The kinds of frame that a locked guest may try, each with a mark and what has to become of it. Of the first 23 the toolstacks before
// this one let pass the first eight and drop the rest; the others are our own.

import {
  address,
  arp,
  type Arp,
  destinationOptions,
  etherTypes,
  frame,
  icmp4,
  icmp6,
  ipv4,
  ipv6,
  linkLayer,
  llc,
  markOption,
  routerAlert,
  text,
  u16,
  u32,
  udp,
} from './bytes.ts';

export interface FrameKind {
  readonly mark: string;
  readonly what: string;
  readonly verdict: 'passes' | 'drops';
  /** Hexadecimal. */
  readonly frame: string;
}

/** Who sends, with what is rightly its own, and whom it speaks to. */
export interface Cast {
  readonly mac: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly linkLocal: string;
  readonly peer: { readonly mac: string; readonly ipv4: string; readonly ipv6: string };
}

const stranger = { mac: '02:00:00:00:66:66', ipv4: '10.0.0.9', gateway4: '10.0.0.254', ipv6: 'fd00::9', gateway6: 'fd00::254' };
const broadcast = 'ff:ff:ff:ff:ff:ff';
const allNodes = 'ff02::1';
const none4 = '0.0.0.0';
const everyone4 = '255.255.255.255';
/** Where frames to an IPv6 group go. */
const group = (of: string): string => `33:33:00:00:00:${of.split(':').at(-1)?.padStart(2, '0') ?? '01'}`;

interface Made {
  readonly mark: string;
  readonly what: string;
  readonly frame: string;
}

export const frameKinds = (cast: Cast): readonly FrameKind[] => {
  const { peer } = cast;
  const toPeer = { from: cast.mac, to: peer.mac };
  const lying = { from: stranger.mac, to: peer.mac };
  const own4 = { source: cast.ipv4, destination: peer.ipv4 };
  const own6 = { source: cast.ipv6, destination: peer.ipv6 };
  const made: Made[] = [];
  const verdicts = new Map<string, FrameKind['verdict']>();
  let verdict: FrameKind['verdict'] = 'passes';
  const kind = (what: string, make: (mark: string) => string): void => {
    const mark = `<${verdict === 'passes' ? 'P' : 'D'}${String(made.length).padStart(3, '0')}>`;
    verdicts.set(mark, verdict);
    made.push({ mark, what, frame: make(mark) });
  };
  const inIpv4 = (
    link: typeof toPeer & { readonly tags?: readonly number[] },
    ...[ip, protocol, payload]: Parameters<typeof ipv4>
  ): string => frame(link, etherTypes.ipv4, ipv4(ip, protocol, payload));
  const inIpv6 = (link: typeof toPeer & { readonly tags?: readonly number[] }, ...[ip, next, payload]: Parameters<typeof ipv6>): string =>
    frame(link, etherTypes.ipv6, ipv6(ip, next, payload));
  const datagram = (mark: string, from = 9, to = 9): readonly number[] => udp(from, to, text(mark));
  const inArp = (mark: string, fields: Partial<Arp>, link: { readonly from: string; readonly to: string } = toPeer): string => {
    const whole = { operation: 1, senderMac: cast.mac, sender: cast.ipv4, target: peer.ipv4, ...fields };
    return frame(link, etherTypes.arp, [...arp(whole), ...text(mark)]);
  };
  /** A message of neighbour discovery: `fixed` and what follows it, then the mark as an option. */
  const inDiscovery = (mark: string, type: number, ip: typeof own6, body: readonly number[], link = toPeer): string =>
    inIpv6(link, ip, 58, icmp6(ip, type, [...body, ...markOption(mark)]));
  const solicitation = (target: string, sourceLink?: string): readonly number[] => [
    ...u32(0),
    ...address(target),
    ...(sourceLink === undefined ? [] : linkLayer(1, sourceLink)),
  ];
  const advertisement = (target: string, targetLink?: string): readonly number[] => [
    ...[0x60, 0, 0, 0],
    ...address(target),
    ...(targetLink === undefined ? [] : linkLayer(2, targetLink)),
  ];
  const routerAdvertisement = [64, 0, ...u16(1800), ...u32(0), ...u32(0), ...linkLayer(1, cast.mac)];
  const fromNone6 = (destination: string): typeof own6 => ({ source: '::', destination });
  const local6 = (destination: string): typeof own6 => ({ source: cast.linkLocal, destination });

  // The eight.
  kind('IPv4 from its own address', mark => inIpv4(toPeer, own4, 17, datagram(mark)));
  kind('ARP request from its own address', mark => inArp(mark, {}));
  kind('ARP reply with its own address', mark => inArp(mark, { operation: 2, targetMac: peer.mac }));
  kind('ARP probe', mark => inArp(mark, { sender: none4 }));
  kind('DHCP request', mark => inIpv4(toPeer, { source: none4, destination: everyone4 }, 17, datagram(mark, 68, 67)));
  kind('IPv6 from its own address', mark => inIpv6(toPeer, own6, 17, datagram(mark)));
  kind('neighbour solicitation', mark => inDiscovery(mark, 135, own6, solicitation(peer.ipv6, cast.mac)));
  kind('neighbour advertisement', mark => inDiscovery(mark, 136, { ...own6, destination: allNodes }, advertisement(cast.ipv6, cast.mac)));

  // The fifteen.
  verdict = 'drops';
  kind('IPv4 from a foreign MAC', mark => inIpv4(lying, own4, 17, datagram(mark)));
  kind('IPv4 from a foreign address', mark => inIpv4(toPeer, { ...own4, source: stranger.ipv4 }, 17, datagram(mark)));
  kind('DHCP request from a foreign MAC', mark => inIpv4(lying, { source: none4, destination: everyone4 }, 17, datagram(mark, 68, 67)));
  kind('ARP request in a frame from a foreign MAC', mark => inArp(mark, {}, lying));
  kind('ARP reply with the address of the gateway', mark => inArp(mark, { operation: 2, sender: stranger.gateway4, targetMac: peer.mac }));
  kind('ARP reply with a foreign MAC', mark => inArp(mark, { operation: 2, senderMac: stranger.mac, targetMac: peer.mac }));
  kind('IPv6 from a foreign MAC', mark => inIpv6(lying, own6, 17, datagram(mark)));
  kind('IPv6 from a foreign address', mark => inIpv6(toPeer, { ...own6, source: stranger.ipv6 }, 17, datagram(mark)));
  kind('neighbour solicitation from a foreign address', mark =>
    inDiscovery(mark, 135, { ...own6, source: stranger.ipv6 }, solicitation(peer.ipv6, cast.mac)),
  );
  kind('neighbour solicitation with a foreign MAC', mark => inDiscovery(mark, 135, own6, solicitation(peer.ipv6, stranger.mac)));
  kind('neighbour advertisement of the gateway', mark =>
    inDiscovery(mark, 136, { ...own6, destination: allNodes }, advertisement(stranger.gateway6, cast.mac)),
  );
  kind('neighbour advertisement from a foreign address', mark =>
    inDiscovery(mark, 136, { source: stranger.ipv6, destination: allNodes }, advertisement(cast.ipv6, cast.mac)),
  );
  kind('router advertisement', mark => inDiscovery(mark, 134, { ...own6, destination: allNodes }, routerAdvertisement));
  kind('redirect', mark => inDiscovery(mark, 137, own6, [...u32(0), ...address(cast.ipv6), ...address(stranger.ipv6)]));
  kind('another ethertype', mark => frame(toPeer, 0x88b5, text(mark)));

  // Right frames that a stricter reading would lose.
  verdict = 'passes';
  kind('gratuitous ARP of its own address', mark => inArp(mark, { target: cast.ipv4 }, { from: cast.mac, to: broadcast }));
  kind('gratuitous ARP reply of its own address', mark =>
    inArp(mark, { operation: 2, target: cast.ipv4, targetMac: broadcast }, { from: cast.mac, to: broadcast }),
  );
  kind('RARP by which a moved guest is announced', mark =>
    frame({ from: cast.mac, to: broadcast }, etherTypes.rarp, [
      ...arp({ operation: 3, senderMac: cast.mac, sender: none4, targetMac: cast.mac, target: none4 }),
      ...text(mark),
    ]),
  );
  kind('duplicate address detection of its own address', mark =>
    inDiscovery(mark, 135, fromNone6('ff02::1:ff00:1'), solicitation(cast.ipv6)),
  );
  kind('duplicate address detection of its link-local address', mark =>
    inDiscovery(mark, 135, fromNone6('ff02::1:ff00:a01'), solicitation(cast.linkLocal)),
  );
  kind('neighbour solicitation from its link-local address', mark =>
    inDiscovery(mark, 135, local6('ff02::1:ff00:254'), solicitation(stranger.gateway6, cast.mac)),
  );
  kind('neighbour solicitation that names no MAC', mark => inDiscovery(mark, 135, own6, solicitation(peer.ipv6)));
  kind('neighbour advertisement of its link-local address', mark =>
    inDiscovery(mark, 136, local6(allNodes), advertisement(cast.linkLocal, cast.mac)),
  );
  kind('neighbour advertisement of one of its addresses from the other', mark =>
    inDiscovery(mark, 136, local6(allNodes), advertisement(cast.ipv6, cast.mac)),
  );
  kind('router solicitation from its link-local address', mark =>
    inDiscovery(mark, 133, local6('ff02::2'), [...u32(0), ...linkLayer(1, cast.mac)]),
  );
  kind('router solicitation before it has an address', mark => inDiscovery(mark, 133, fromNone6('ff02::2'), u32(0)));
  kind('DHCPv6 request', mark => inIpv6({ from: cast.mac, to: group('ff02::2') }, local6('ff02::1:2'), 17, datagram(mark, 546, 547)));
  kind('multicast listener report', mark => {
    const ip = local6('ff02::16');
    return inIpv6(toPeer, ip, 0, [...routerAlert(58), ...icmp6(ip, 143, [0, 0, 0, 0, ...text(mark)])]);
  });
  kind('multicast listener report before it has an address', mark => {
    const ip = fromNone6('ff02::16');
    return inIpv6(toPeer, ip, 0, [...routerAlert(58), ...icmp6(ip, 143, [0, 0, 0, 0, ...text(mark)])]);
  });
  kind('IGMP report', mark => inIpv4(toPeer, { ...own4, destination: '224.0.0.22' }, 2, [0x22, 0, 0, 0, ...text(mark)]));
  kind('IGMP report before it has an address', mark =>
    inIpv4(toPeer, { source: none4, destination: '224.0.0.22' }, 2, [0x22, 0, 0, 0, ...text(mark)]),
  );
  kind('IPv4 multicast', mark =>
    inIpv4({ from: cast.mac, to: '01:00:5e:01:02:03' }, { ...own4, destination: '239.1.2.3' }, 17, datagram(mark)),
  );
  kind('IPv6 multicast', mark =>
    inIpv6({ from: cast.mac, to: '33:33:00:00:00:fb' }, { ...own6, destination: 'ff02::fb' }, 17, datagram(mark, 5353, 5353)),
  );
  kind('SCTP over IPv4', mark => inIpv4(toPeer, own4, 132, text(mark)));
  kind('SCTP over IPv6', mark => inIpv6(toPeer, own6, 132, text(mark)));
  kind('GRE over IPv4', mark => inIpv4(toPeer, own4, 47, [0, 0, 0x88, 0xb5, ...text(mark)]));
  kind('ESP over IPv6', mark => inIpv6(toPeer, own6, 50, [...u32(7), ...u32(1), ...text(mark)]));
  kind('ping over IPv4', mark => inIpv4(toPeer, own4, 1, icmp4(8, text(mark))));
  kind('ping over IPv6', mark => inIpv6(toPeer, own6, 58, icmp6(own6, 128, [0, 1, 0, 1, ...text(mark)])));
  kind('packet too big', mark => inIpv6(toPeer, own6, 58, icmp6(own6, 2, [...u32(1280), ...text(mark)])));
  kind('DHCP renewal from its own address', mark => inIpv4(toPeer, own4, 17, datagram(mark, 68, 67)));
  kind('first fragment, IPv4', mark => inIpv4(toPeer, { ...own4, fragment: { offset: 0, more: true } }, 17, datagram(mark)));
  kind('last fragment, IPv4', mark => inIpv4(toPeer, { ...own4, fragment: { offset: 100, more: false } }, 17, text(mark)));
  kind('first fragment of a datagram, IPv6', mark => inIpv6(toPeer, { ...own6, fragment: { offset: 0, more: true } }, 17, datagram(mark)));
  kind('first fragment of a ping, IPv6', mark =>
    inIpv6(toPeer, { ...own6, fragment: { offset: 0, more: true } }, 58, icmp6(own6, 128, [0, 1, 0, 1, ...text(mark)])),
  );
  kind('last fragment, IPv6', mark => inIpv6(toPeer, { ...own6, fragment: { offset: 100, more: false } }, 58, text(mark)));
  kind('destination options before a datagram', mark => inIpv6(toPeer, own6, 60, [...destinationOptions(17), ...datagram(mark)]));

  // Spoofs that a laxer reading would let pass.
  verdict = 'drops';
  kind('DHCP request from a foreign address', mark => inIpv4(toPeer, { ...own4, source: stranger.gateway4 }, 17, datagram(mark, 68, 67)));
  kind('DHCP offer to everyone', mark => inIpv4(toPeer, { ...own4, destination: everyone4 }, 17, datagram(mark, 67, 68)));
  kind('DHCP offer to a client', mark => inIpv4(toPeer, own4, 17, datagram(mark, 67, 68)));
  kind('DHCP offer from another port', mark => inIpv4(toPeer, own4, 17, datagram(mark, 6767, 68)));
  kind('first fragment of a DHCP offer', mark =>
    inIpv4(toPeer, { ...own4, fragment: { offset: 0, more: true } }, 17, datagram(mark, 67, 68)),
  );
  kind('DHCPv6 offer', mark => inIpv6(toPeer, local6(peer.ipv6), 17, datagram(mark, 547, 546)));
  kind('first fragment of a DHCPv6 offer', mark =>
    inIpv6(toPeer, { ...local6(peer.ipv6), fragment: { offset: 0, more: true } }, 17, datagram(mark, 547, 546)),
  );
  kind('gratuitous ARP of the gateway', mark =>
    inArp(mark, { sender: stranger.gateway4, target: stranger.gateway4 }, { from: cast.mac, to: broadcast }),
  );
  kind('ARP probe with a foreign MAC', mark => inArp(mark, { sender: none4, senderMac: stranger.mac }));
  kind('ARP reply from no address', mark => inArp(mark, { operation: 2, sender: none4 }));
  kind('RARP for a foreign MAC', mark =>
    frame({ from: cast.mac, to: broadcast }, etherTypes.rarp, [
      ...arp({ operation: 3, senderMac: cast.mac, sender: none4, targetMac: stranger.mac, target: none4 }),
      ...text(mark),
    ]),
  );
  kind('RARP from a foreign MAC', mark =>
    frame({ from: stranger.mac, to: broadcast }, etherTypes.rarp, [
      ...arp({ operation: 3, senderMac: stranger.mac, sender: none4, targetMac: stranger.mac, target: none4 }),
      ...text(mark),
    ]),
  );
  kind('neighbour advertisement with a foreign MAC', mark =>
    inDiscovery(mark, 136, { ...own6, destination: allNodes }, advertisement(cast.ipv6, stranger.mac)),
  );
  kind('neighbour advertisement without a MAC', mark =>
    inDiscovery(mark, 136, { ...own6, destination: allNodes }, advertisement(cast.ipv6)),
  );
  kind('neighbour advertisement with two MACs', mark =>
    inDiscovery(mark, 136, { ...own6, destination: allNodes }, [...advertisement(cast.ipv6, cast.mac), ...linkLayer(2, stranger.mac)]),
  );
  kind('duplicate address detection of a foreign address', mark =>
    inDiscovery(mark, 135, fromNone6('ff02::1:ff00:9'), solicitation(stranger.ipv6)),
  );
  kind('duplicate address detection with a MAC', mark =>
    inDiscovery(mark, 135, fromNone6('ff02::1:ff00:1'), solicitation(cast.ipv6, stranger.mac)),
  );
  kind('neighbour advertisement from no address', mark => inDiscovery(mark, 136, fromNone6(allNodes), advertisement(cast.ipv6, cast.mac)));
  kind('router advertisement from its link-local address', mark => inDiscovery(mark, 134, local6(allNodes), routerAdvertisement));
  kind('router advertisement behind destination options', mark => {
    const ip = local6(allNodes);
    return inIpv6(toPeer, ip, 60, [...destinationOptions(58), ...icmp6(ip, 134, [...routerAdvertisement, ...markOption(mark)])]);
  });
  kind('router advertisement in a fragment', mark => {
    const ip = local6(allNodes);
    return inIpv6(
      toPeer,
      { ...ip, fragment: { offset: 0, more: true } },
      58,
      icmp6(ip, 134, [...routerAdvertisement, ...markOption(mark)]),
    );
  });
  kind('a first fragment that hides its kind', mark =>
    inIpv6(toPeer, { ...local6(allNodes), fragment: { offset: 0, more: true } }, 60, [58, 9, 1, 12, ...text(mark), 0, 0, 0, 0, 0, 0]),
  );
  kind('a first fragment that ends before its ports', mark =>
    inIpv6(toPeer, { ...local6(peer.ipv6), fragment: { offset: 0, more: true } }, 60, [17, 1, 1, 12, ...text(mark), 0, 0, 0, 0, 0, 0]),
  );
  kind('neighbour solicitation in a fragment', mark => {
    const body = [...solicitation(peer.ipv6), ...markOption(mark)];
    return inIpv6(toPeer, { ...own6, fragment: { offset: 0, more: true } }, 58, icmp6(own6, 135, body));
  });
  kind('IPv6 from a foreign link-local address', mark => inIpv6(toPeer, { ...own6, source: 'fe80::66' }, 17, datagram(mark)));
  kind('IPv6 from no address', mark => inIpv6(toPeer, fromNone6(peer.ipv6), 17, datagram(mark)));
  kind('multicast listener query', mark => {
    const ip = local6(allNodes);
    return inIpv6(toPeer, ip, 0, [...routerAlert(58), ...icmp6(ip, 130, [...u32(0), ...address('::'), ...text(mark)])]);
  });
  kind('router renumbering', mark => inDiscovery(mark, 138, own6, u32(0)));
  kind('IGMP query', mark => inIpv4(toPeer, { ...own4, destination: '224.0.0.1' }, 2, [0x11, 100, 0, 0, ...text(mark)]));
  kind('ICMP redirect', mark => inIpv4(toPeer, own4, 1, icmp4(5, text(mark))));
  kind('ICMP router advertisement', mark => inIpv4(toPeer, own4, 1, icmp4(9, text(mark))));
  kind('IPv4 from no address', mark => inIpv4(toPeer, { ...own4, source: none4 }, 17, datagram(mark)));
  kind('tagged for another VLAN', mark => inIpv4({ ...toPeer, tags: [77] }, own4, 17, datagram(mark)));
  kind('tagged for VLAN 0', mark => inIpv4({ ...toPeer, tags: [0] }, own4, 17, datagram(mark)));
  kind('tagged twice', mark => inIpv4({ ...toPeer, tags: [0, 77] }, own4, 17, datagram(mark)));
  kind('tagged ARP for another VLAN', mark =>
    frame({ ...toPeer, tags: [77] }, etherTypes.arp, [
      ...arp({ operation: 1, senderMac: cast.mac, sender: cast.ipv4, target: peer.ipv4 }),
      ...text(mark),
    ]),
  );
  kind('LLDP', mark => frame({ from: cast.mac, to: '01:80:c2:00:00:0e' }, 0x88cc, text(mark)));
  kind('spanning tree', mark => llc({ from: cast.mac, to: '01:80:c2:00:00:00' }, [0x42, 0x42, 3, 0, 0, 0, 0, ...text(mark)]));
  kind('LACP', mark => frame({ from: cast.mac, to: '01:80:c2:00:00:02' }, 0x8809, [1, 1, ...text(mark)]));
  kind('PPPoE discovery', mark => frame({ from: cast.mac, to: broadcast }, 0x8863, [0x11, 9, 0, 0, ...text(mark)]));
  kind('802.1X', mark => frame(toPeer, 0x888e, [2, 1, 0, 0, ...text(mark)]));
  kind('MPLS', mark => frame(toPeer, 0x8847, [0, 0, 0x11, 64, ...text(mark)]));

  return made.map(each => ({ ...each, verdict: verdicts.get(each.mark) ?? 'drops' }));
};
