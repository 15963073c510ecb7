// What a host's network should be, as data: networks with their uplinks, and the host's own addresses on them. Whoever makes such a
// state names everything; what a driver made before and does not find here goes.

export interface HostNetwork {
  /** In any order; bridges are unique. */
  readonly networks: readonly HostedNetwork[];
  /**
   * The ports of plugged VIFs: one that is elsewhere moves with the rest of the change, one that the switch has lost comes back
   * while its device is there. A port that is not named here is left to `plug` and `unplug`.
   */
  readonly ports: readonly VifPort[];
}

export interface VifPort {
  /** The VIF's uuid. */
  readonly id: string;
  readonly vmId: string;
  /** XenAPI bridge name. */
  readonly bridge: string;
  readonly device: string;
  readonly mac: string;
  readonly mtu: number;
  /** `locked`: only what says nothing but the truth about the VIF passes; `disabled`: nothing. Changes while the guest runs. */
  readonly lockingMode: 'unlocked' | 'locked' | 'disabled';
  /** Of a locked VIF. Without any of a family, nothing of that family passes. */
  readonly ipv4Allowed: readonly string[];
  readonly ipv6Allowed: readonly string[];
  readonly rateKbps?: number;
}

export interface HostedNetwork {
  /** XenAPI bridge name. */
  readonly bridge: string;
  /** The network's uuid. */
  readonly networkId: string;
  /** Bytes; of the bridge and of its NICs. */
  readonly mtu: number;
  readonly uplink: Uplink;
  /** Of the bridge's own interface, by which the host itself is on the network; left out: as its uplink has it. */
  readonly mac?: string;
  /** The host's addresses on this network; left out: none. */
  readonly ip?: HostIp;
  /** Received segments are not gathered by its NICs (GRO); left out: as the kernel does by default. */
  readonly gro?: false;
  /** Frames of multicast groups go only where members are; left out: no. */
  readonly igmpSnooping?: boolean;
}

/** What a network reaches the outside by. `pif`: uuid of the PIF that is blamed when it cannot be made. */
export type Uplink =
  | { readonly kind: 'none' }
  | { readonly kind: 'nic'; readonly pif: string; readonly device: string }
  | BondUplink
  /** `parent`: XenAPI bridge of the network below, which is in the same state. Guests' ports are on that bridge, with the tag. */
  | { readonly kind: 'vlan'; readonly pif: string; readonly parent: string; readonly tag: number }
  | TunnelUplink;

export interface BondUplink {
  readonly kind: 'bond';
  readonly pif: string;
  /** Name of the bond, as people know it: bond0. */
  readonly device: string;
  /** The bond's address as the outside sees it; of one of its members, or given. */
  readonly mac: string;
  /** 1 to 4. */
  readonly members: readonly { readonly pif: string; readonly device: string }[];
  readonly mode: 'balance-slb' | 'active-backup' | 'lacp';
  /** Of `lacp`: by which fields flows are spread. */
  readonly hashing: 'src_mac' | 'tcpudp_ports';
  /** Of `lacp`: how often the partner is asked to tell of itself. */
  readonly lacpTime: 'fast' | 'slow';
  /** Of `lacp`: go on as active-backup when the partner does not speak it. */
  readonly lacpFallback: boolean;
  /** Of `lacp`, 1 to 65535: members only join those of the same key. */
  readonly lacpAggregationKey?: number;
  /** Milliseconds a link must be up or down before it counts. */
  readonly upDelayMs?: number;
  readonly downDelayMs?: number;
  /** Milliseconds between two looks at the spread of `balance-slb` and `lacp`; 0: never. */
  readonly rebalanceIntervalMs?: number;
}

export interface TunnelUplink {
  readonly kind: 'tunnel';
  readonly pif: string;
  readonly protocol: 'gre' | 'vxlan';
  /** Same at both ends; 24 bits for vxlan, 32 for gre. */
  readonly key: number;
  /** IP addresses of the other hosts. */
  readonly remotes: readonly string[];
  /** IP address of this host; left out: as the route to the remote has it. */
  readonly local?: string;
}

/** The addresses of the host itself on one network. */
export interface HostIp {
  readonly ipv4: Ipv4Config;
  readonly ipv6: Ipv6Config;
  /** IP addresses of name servers, best first. */
  readonly dns: readonly string[];
  /** Clients and other hosts reach this host by these. */
  readonly isManagement: boolean;
  /** Further ways through this network; the default one is the gateway. */
  readonly routes?: readonly HostRoute[];
  /** Addresses of before a change on trial: they stay until it is confirmed, so that who called by them is answered. */
  readonly leaving?: readonly HostAddress[];
}

export interface HostRoute {
  /** A prefix: 10.1.0.0/16. */
  readonly destination: string;
  readonly gateway: string;
}

export interface HostAddress {
  readonly address: string;
  readonly prefixLength: number;
}

export type Ipv4Config =
  | { readonly kind: 'none' }
  | { readonly kind: 'dhcp' }
  | { readonly kind: 'static'; readonly address: string; readonly prefixLength: number; readonly gateway?: string };

export type Ipv6Config =
  | { readonly kind: 'none' }
  | { readonly kind: 'autoconf' }
  | { readonly kind: 'dhcp' }
  | { readonly kind: 'static'; readonly address: string; readonly prefixLength: number; readonly gateway?: string };

export const noNetwork: HostNetwork = { networks: [], ports: [] };

/** Uuids of the PIFs that a network stands on; none for an internal one. The first is blamed for the network as a whole. */
export const pifsOf = ({ uplink }: HostedNetwork): readonly string[] => {
  switch (uplink.kind) {
    case 'none':
      return [];
    case 'bond':
      return [uplink.pif, ...uplink.members.map(({ pif }) => pif)];
    case 'nic':
    case 'vlan':
    case 'tunnel':
      return [uplink.pif];
    default:
      return uplink satisfies never;
  }
};

/** Who is told when the network as a whole fails: its PIF, or the network itself where there is none. */
export const blamedFor = (network: HostedNetwork): string => pifsOf(network)[0] ?? network.networkId;
