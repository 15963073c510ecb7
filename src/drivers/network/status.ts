// What a driver tells of the network as it is: links, bonds and what their partners say, repairs it made.

export interface LinkStatus {
  readonly device: string;
  readonly carrier: boolean;
  /** Absent: unknown, as for virtual devices and links that are down. */
  readonly speedMbps?: number;
  readonly fullDuplex: boolean;
}

export interface BondStatus {
  /** Uuid of the bond's PIF. */
  readonly pif: string;
  /** Name of the bond, as people know it: bond0. */
  readonly device: string;
  readonly mode: 'balance-slb' | 'active-backup' | 'lacp';
  /** `configured`: LACP is on, and the partner has not answered it; the bond works without, or not at all (`members`). */
  readonly lacp: 'off' | 'negotiated' | 'configured';
  /** The partner does not speak LACP, and the bond goes on with one member at a time, as it was allowed to. */
  readonly fallback: boolean;
  readonly members: readonly BondMemberStatus[];
}

export interface BondMemberStatus {
  /** Uuid of the member's PIF. */
  readonly pif: string;
  readonly device: string;
  readonly carrier: boolean;
  /** Absent: unknown. */
  readonly speedMbps?: number;
  /** Frames are sent on it. */
  readonly enabled: boolean;
  /** Of `active-backup` and `balance-slb`: the one that carries what is not spread. */
  readonly active: boolean;
  readonly lacp?: {
    /** `current`: the partner spoke in time. `expired`: not any more. `defaulted`: never, or not for long. */
    readonly state: 'current' | 'expired' | 'defaulted';
    readonly attached: boolean;
    readonly actor: LacpParty;
    readonly partner: LacpParty;
    /** LACP messages on this member since it is in the bond; absent: the switch does not count them. */
    readonly pdus?: { readonly sent: number; readonly received: number; readonly bad: number };
  };
}

export interface LacpParty {
  /** A MAC address; all zeros when the partner never spoke. */
  readonly systemId: string;
  readonly systemPriority: number;
  readonly portId: number;
  readonly portPriority: number;
  readonly key: number;
  /** Of: activity, timeout, aggregation, synchronized, collecting, distributing, defaulted, expired. */
  readonly flags: readonly string[];
}

/** What the other end of a link says of itself, by LLDP or the like. Texts are empty where it does not say. */
export interface LinkNeighbour {
  /** Of this host. */
  readonly device: string;
  /** LLDP, CDP … */
  readonly protocol: string;
  /** Name of the switch. */
  readonly system: string;
  /** Mostly a MAC address. */
  readonly systemId: string;
  readonly description: string;
  /** By which the switch is managed. */
  readonly addresses: readonly string[];
  /** Of the switch. */
  readonly port: string;
  readonly portDescription: string;
  /** Tags that the port says it has. */
  readonly vlans: readonly number[];
}

export interface LinkNeighbours {
  readonly neighbours: readonly LinkNeighbour[];
  /** Why nothing is heard on this host, as a sentence without its end; left out where somebody listens. */
  readonly absent?: string;
}

/** What the host itself has on one network now. */
export interface HostAddressStatus {
  /** XenAPI bridge name. */
  readonly bridge: string;
  readonly ipv4: readonly { readonly address: string; readonly prefixLength: number }[];
  readonly ipv6: readonly { readonly address: string; readonly prefixLength: number }[];
  readonly ipv4Gateway?: string;
  readonly ipv6Gateway?: string;
  /** IP addresses of name servers: of the desired state, or given by DHCP. */
  readonly dns: readonly string[];
}

export type NetworkEvent =
  /** A NIC's link has changed. */
  | { readonly kind: 'link'; readonly link: LinkStatus }
  /** Something of a bond has changed: ask `bonds`. */
  | { readonly kind: 'bonds' }
  /** An address of the host came or went, or its gateway or name servers did: ask `addresses`. */
  | { readonly kind: 'addresses' }
  /** The switch was not what it should be (restarted, or changed by hand), and has been brought back. `failures` as `apply` has them. */
  | { readonly kind: 'repaired'; readonly reason: string; readonly failures: number };
