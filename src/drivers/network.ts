// The contract of a network driver: bridges for XenAPI networks, ports for guests, the host's own interfaces.
//
// Desired state: `apply` is given what should be and makes it so in as few round trips as the switch allows; it is
// idempotent and safe to repeat after a crash. Calls made while one runs are gathered into the next.

export interface NetworkInfo {
  readonly kind: 'ovs' | 'user' | 'sim';
  readonly version: string;
  /** A sentence for people when guests only get user-mode networking, and why. */
  readonly degraded?: string;
}

export interface PhysicalInterface {
  readonly device: string;
  readonly mac: string;
  readonly mtu: number;
  readonly carrier: boolean;
  readonly speedMbps?: number;
  readonly ipv4: readonly { readonly address: string; readonly prefixLength: number }[];
  readonly ipv6: readonly { readonly address: string; readonly prefixLength: number }[];
  readonly gateway?: string;
  readonly dns: readonly string[];
  /** Carries the address by which the host is managed. */
  readonly management: boolean;
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
  readonly lockingMode: 'unlocked' | 'locked' | 'disabled';
  readonly ipv4Allowed: readonly string[];
  readonly ipv6Allowed: readonly string[];
  readonly rateKbps?: number;
}

/** How a hypervisor connects a NIC. */
export type NicAttachment =
  /** A tap device that exists. `wholeChecksums`: the switch runs in user space, where frames must leave the guest complete (no transmit offload). */
  | { readonly kind: 'tap'; readonly ifname: string; readonly wholeChecksums?: boolean }
  /** The hypervisor's own user-mode stack: out, not in. */
  | { readonly kind: 'user' }
  | { readonly kind: 'none' };

export interface BridgeSpec {
  readonly bridge: string;
  readonly networkId: string;
  readonly mtu: number;
}

export interface NetworkDriver {
  probe(): Promise<NetworkInfo>;
  interfaces(): Promise<readonly PhysicalInterface[]>;
  ensureBridge(spec: BridgeSpec): Promise<void>;
  /** Idempotent. Refuses with `in-use` while ports are on it. */
  removeBridge(bridge: string): Promise<void>;
  /** Makes the guest's port, on the switch before it returns. Idempotent. */
  plug(port: VifPort): Promise<NicAttachment>;
  /** Idempotent. */
  unplug(vifId: string): Promise<void>;
  /** Ids of the VIFs that have ports now: how leftovers are found. */
  ports(): Promise<readonly string[]>;
  close(): Promise<void>;
}
