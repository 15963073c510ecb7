// The contract of a network driver: what a host's network should be, ports for guests, the host's own interfaces.
//
// Desired state: `apply` is given all that should be and makes it so in as few round trips as the switch allows; it is
// idempotent and safe to repeat after a crash. Calls made while one runs are gathered into the next. The driver goes on holding the switch to
// what it was last given: after the switch was restarted or somebody changed it by hand, it applies it again by itself. What
// somebody else made on the switch is never touched.

import type { HostNetwork, VifPort } from './network/desired.ts';
import type { PciDevice } from './network/host/pci.ts';
import type { BondStatus, HostAddressStatus, LinkNeighbours, NetworkEvent } from './network/status.ts';
import type { VirtualFunctions } from './network/virtual-functions.ts';
import type { DriverError } from './hypervisor.ts';

export type {
  HostAddress,
  HostedNetwork,
  HostIp,
  HostNetwork,
  HostRoute,
  Ipv4Config,
  Ipv6Config,
  Uplink,
  VifPort,
} from './network/desired.ts';
export type {
  BondMemberStatus,
  BondStatus,
  HostAddressStatus,
  LacpParty,
  LinkNeighbour,
  LinkNeighbours,
  LinkStatus,
  NetworkEvent,
} from './network/status.ts';
export type { PciDevice } from './network/host/pci.ts';
export type { VirtualFunctions, VirtualFunctionStatus } from './network/virtual-functions.ts';

/** Which of the host's own interfaces a driver may put on bridges. The others stay as they are, and bridges stand without them. */
export type NicChoice = 'none' | 'all' | readonly string[];

export interface NetworkInfo {
  readonly kind: 'ovs' | 'user' | 'sim';
  readonly version: string;
  /** A sentence for people when guests only get user-mode networking, and why. */
  readonly degraded?: string;
  /** The host's NICs are the driver's: they are put on bridges, and the host's addresses are where the desired state says. */
  readonly ownsNics: boolean;
}

export interface PhysicalInterface {
  readonly device: string;
  readonly mac: string;
  readonly mtu: number;
  readonly carrier: boolean;
  readonly speedMbps?: number;
  /** Left out: unknown. */
  readonly fullDuplex?: boolean;
  /** The hardware; left out for interfaces that are none. */
  readonly pci?: PciDevice;
  /** It can have virtual functions. */
  readonly canSriov?: boolean;
  readonly ipv4: readonly { readonly address: string; readonly prefixLength: number }[];
  readonly ipv6: readonly { readonly address: string; readonly prefixLength: number }[];
  readonly gateway?: string;
  readonly ipv6Gateway?: string;
  /** How the addresses came about, where that is known. */
  readonly given?: { readonly ipv4: 'static' | 'dhcp'; readonly ipv6: 'static' | 'autoconf' };
  readonly dns: readonly string[];
  /** Carries the address by which the host is managed. */
  readonly management: boolean;
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
  /**
   * Makes the host's network what `desired` says and resolves when the switch itself has it. Of calls made at once the last one counts
   * for all. Answers what could not be made: by the uuid of the PIF to blame, or of the network where no PIF is. The rest was made. What failed
   * stays wished for (a NIC may come back); whoever wants it gone applies a state without it. An abort ends the waiting, not the
   * work. Rejects with `unreachable` or `timeout` when the switch as a whole does not answer.
   */
  apply(desired: HostNetwork, options?: { readonly signal?: AbortSignal }): Promise<ReadonlyMap<string, DriverError>>;
  /** What the bonds of the applied state have negotiated. */
  bonds(): Promise<readonly BondStatus[]>;
  /** The addresses of the host itself where this driver has them to give: on networks of the applied state. Empty where it does not own the NICs. */
  addresses(): Promise<readonly HostAddressStatus[]>;
  /** Of the host's NICs, each by its device. */
  readonly virtualFunctions: VirtualFunctions;
  /** What the other ends of the links say of themselves, where somebody on this machine listens. Nothing depends on it. */
  neighbours(): Promise<LinkNeighbours>;
  /** Whether the gateway of the host on that network is heard on its link, within a few seconds; undefined where there is none. */
  gatewayAnswers(bridge: string): Promise<boolean | undefined>;
  /** Links, bonds, repairs of the switch. Returns what ends it. */
  onEvent(listener: (event: NetworkEvent) => void): () => void;
  /**
   * The network's bridge is there, if need be without an uplink: for guests of networks that no interface of this host is on. Such a
   * bridge stays until `removeBridge`, or until this process ends and no guest is on it. Idempotent.
   */
  ensureBridge(spec: BridgeSpec): Promise<void>;
  /** Idempotent. Refuses with `in-use` while ports are on it. */
  removeBridge(bridge: string): Promise<void>;
  /**
   * Makes the guest's port, on the switch before it returns: on the network's bridge, or for a VLAN's network on the bridge below it, with
   * its tag. A port that is there is brought in line (locking, rate, network). Idempotent.
   */
  plug(port: VifPort): Promise<NicAttachment>;
  /** Idempotent. */
  unplug(vifId: string): Promise<void>;
  /** Ids of the VIFs that have ports now: how leftovers are found. */
  ports(): Promise<readonly string[]>;
  close(): Promise<void>;
}
