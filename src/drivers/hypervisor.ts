// The contract of a hypervisor driver: what xcp asks of QEMU, Xen or the simulator.
//
// A guest is known by its id (the VM's uuid) for as long as its process or domain exists. Guests are never children of
// hostd: `list` finds them again after a restart, whatever ended the last hostd. A driver keeps no truth of its own about
// what *should* run; it reports what does. Every method may be called again after a crash in the middle of it.
// Sizes are bytes, times are milliseconds. An abort rejects with the caller's reason; what it leaves is said per method.

import type { Json, JsonObject } from '../lib/json.ts';
import type { ControlDomain, HostPower } from './control-domain.ts';
import type { VolumeSource } from './storage.ts';
import type { NicAttachment } from './network.ts';

export type GuestId = string;

/** Sets of processor features, as `lib/featureset` writes them; empty where there are no such guests. */
export interface FeatureLevel {
  /** What a guest has that boots. */
  readonly atBoot: string;
  /** What one may have at most that arrives with its memory. */
  readonly atMost: string;
}

/** By what does a guest's paging: its kernel (`pv`), or the processor. */
export type GuestFeatures = Readonly<Record<'pv' | 'hvm', FeatureLevel>>;

export interface HypervisorInfo {
  readonly kind: 'qemu' | 'xen' | 'sim';
  readonly version: string;
  /** How guest code runs; `tcg` is emulation. Found out by running a guest, not by opening a device. */
  readonly accelerator: 'kvm' | 'tcg' | 'xen' | 'sim';
  readonly cpu: {
    readonly count: number;
    readonly sockets: number;
    readonly vendor: string;
    readonly model: string;
    readonly mhz: number;
    readonly flags: readonly string[];
    /** Absent where guests have what the processor has, and nobody levels it. */
    readonly guestFeatures?: GuestFeatures;
  };
  readonly memoryTotalBytes: number;
  readonly memoryFreeBytes: number;
  /** What only a host of Xen has. */
  readonly xen?: {
    /** Kinds of guests that it runs, as Xen names them: `hvm-3.0-x86_64` … */
    readonly capabilities: readonly string[];
    readonly commandLine: string;
    readonly scheduler: string;
    readonly threadsPerCore: number;
    readonly nodes: number;
    /** Of the processors' microcode; empty where the kernel does not tell. */
    readonly microcode: string;
    /** What the control domain has of the memory. */
    readonly controlDomainBytes?: number;
  };
}

/** The messages of a hypervisor that lies below the control domain. */
export interface HypervisorLog {
  read(): Promise<string>;
  /** Gives what was there and forgets it. */
  clear(): Promise<string>;
  /** Sends keys as if they were pressed on its console; their answers are in the messages. */
  sendKeys(keys: string): Promise<void>;
}

/** A domain of the hypervisor that lies below the control domain, whoever made it. */
export interface HostDomain {
  readonly domid: number;
  /** Empty while it is being made. */
  readonly uuid: string;
  /** Whatever its maker called it. */
  readonly name: string;
  readonly state: 'running' | 'paused' | 'crashed' | 'shut down' | 'ending';
  readonly vcpus: number;
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** A guest of this driver, not one that somebody made by hand. */
  readonly isGuest: boolean;
}

export interface DiskSpec {
  /** The VBD's uuid: names the device in every later call. */
  readonly id: string;
  /** XenAPI's userdevice: "0", "1" … decides the order on the bus. */
  readonly userdevice: string;
  readonly kind: 'disk' | 'cd';
  readonly readOnly: boolean;
  readonly bootable: boolean;
  /** Absent for a CD drive without a medium. */
  readonly source?: VolumeSource;
}

export interface NicSpec {
  /** The VIF's uuid. */
  readonly id: string;
  readonly device: string;
  readonly mac: string;
  readonly mtu: number;
  readonly attachment: NicAttachment;
}

export type BootSpec =
  | { readonly kind: 'kernel'; readonly kernelPath: string; readonly ramdiskPath?: string; readonly args: string }
  /** BIOS or UEFI; order as XenAPI writes it: c disk, d CD, n network. */
  | { readonly kind: 'firmware'; readonly firmware: 'bios' | 'uefi'; readonly order: string };

/** How a guest's vCPUs get time of the host's CPUs. What is left out is the hypervisor's usual. */
export interface GuestScheduling {
  /** Its share when CPUs are short, 1 to 65535; 256 is usual. */
  readonly weight?: number;
  /** Percent of one CPU that all its vCPUs together get at most; 0: no limit. */
  readonly capPercent?: number;
  /** CPUs of the host, in order, that vCPU n may run on; those beyond the list as the first of it. Left out: all of them. */
  readonly cpus?: readonly (readonly number[])[];
}

/** Everything needed to start a guest; JSON, so that it can be stored, compared and sent to another host. */
export interface GuestSpec {
  readonly id: GuestId;
  readonly name: string;
  readonly vcpusAtStartup: number;
  readonly vcpusMax: number;
  readonly memoryStaticMaxBytes: number;
  readonly memoryTargetBytes: number;
  readonly boot: BootSpec;
  /** Which kind of domain boots a kernel on Xen; absent: the driver's own choice. QEMU has one kind only. */
  readonly domainType?: 'hvm' | 'pv' | 'pvh' | 'pv_in_pvh';
  readonly platform: Readonly<Record<string, string>>;
  readonly disks: readonly DiskSpec[];
  readonly nics: readonly NicSpec[];
  /** Addresses of the host's PCI devices that are the guest's alone, in their order: `0000:03:00.0`. */
  readonly pci?: readonly string[];
  /** No more than a wish where the driver has no `setScheduling`. */
  readonly scheduling?: GuestScheduling;
  /** Name of a CPU model all hosts of the move understand; absent: the host's own choice. */
  readonly cpuModel?: string;
  /**
   * It boots with no more processor features than these, a set as in `GuestFeatures`, also when it reboots elsewhere; absent: what the host
   * gives. Without effect where a driver knows no `guestFeatures`.
   */
  readonly cpuFeatures?: string;
}

export type GuestState = 'running' | 'paused' | 'incoming' | 'migrated' | 'crashed';

export interface GuestStatus {
  readonly id: GuestId;
  readonly state: GuestState;
  /** A number for XenAPI's domid: the process id on QEMU. Changes at each start. */
  readonly domid: number;
  readonly startedAt: Date;
  readonly vcpus: number;
  readonly memoryBytes: number;
}

export interface GuestConsole {
  readonly protocol: 'rfb' | 'vt100';
  /** Path of the unix socket that speaks it. */
  readonly socketPath: string;
}

/** What changed in a guest by itself or by a command; told once, in order per guest. */
export type GuestEvent =
  | { readonly kind: 'state'; readonly id: GuestId; readonly state: GuestState }
  /** The guest is gone: it powered off, its process died or it was destroyed. */
  | { readonly kind: 'gone'; readonly id: GuestId; readonly reason: 'shutdown' | 'reboot' | 'crash' | 'destroyed' | 'died' }
  | { readonly kind: 'rebooted'; readonly id: GuestId }
  | { readonly kind: 'metrics'; readonly id: GuestId };

/** What an agent in the guest says; every text is bounded and checked, since a guest wrote it. */
export interface GuestMetrics {
  readonly osVersion: Readonly<Record<string, string>>;
  /** Keys as XenAPI has them: `0/ip`, `0/ipv4/0`, `0/ipv6/0`. */
  readonly networks: Readonly<Record<string, string>>;
  readonly agentVersion: string;
}

export interface GuestStats {
  /** Seconds of CPU used since the guest started, per vCPU where known, else one sum. */
  readonly vcpuSeconds: readonly number[];
  readonly memoryBytes: number;
  readonly disks: Readonly<Record<string, { readonly readBytes: number; readonly writtenBytes: number }>>;
  readonly nics: Readonly<Record<string, { readonly receivedBytes: number; readonly sentBytes: number }>>;
}

/** TLS material of one migration: PEM texts. Each side trusts only the other side's authority. */
export interface MigrationTls {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
  /** The name the peer's certificate bears. */
  readonly peerName: string;
}

export interface ReceiveOptions {
  /** Address to listen on, and under which the peer reaches it. */
  readonly address: string;
  readonly tls?: MigrationTls;
  readonly compression: boolean;
}

export interface SendOptions {
  readonly tls?: MigrationTls;
  readonly bandwidthBytesPerSecond?: number;
  readonly downtimeLimitMs?: number;
  readonly compression: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: TransferProgress) => void;
}

export interface TransferProgress {
  readonly doneBytes: number;
  /** May grow while a guest writes. */
  readonly totalBytes: number;
}

/** Names one disk of a running guest and the empty overlay (already made by the storage driver) that shall take its writes. */
export interface FreezeRequest {
  readonly diskId: string;
  readonly overlay: VolumeSource;
}

/**
 * Live movement of a guest, memory and disks. The ticket is the driver's own JSON: `receive` makes it at the destination,
 * the source's `sendDisks`/`sendMemory` read it. The destination never runs the guest before `activate`.
 *
 *   source:       freeze → (frozen layers copied by the storage driver) → sendDisks … ready → sendMemory … stopped → handOver → forget
 *   destination:                                          receive (paused) ───────────────────────────────→ activate
 */
export interface GuestMigration {
  /** Starts a paused guest that waits for memory, its disks open and exported for writing. Undone by `destroy`. */
  receive(spec: GuestSpec, options: ReceiveOptions): Promise<JsonObject>;
  /**
   * Mirrors each disk's top layer (what was written since the freeze) onto the destination's; resolves when all are in step and
   * stay so. `full` sends whole disks. An abort ends the mirrors; the guest goes on.
   */
  sendDisks(id: GuestId, ticket: JsonObject, options: SendOptions & { readonly sync: 'top' | 'full' }): Promise<void>;
  /** Sends memory until the guest is stopped for its last pages. An abort resumes the guest. */
  sendMemory(id: GuestId, ticket: JsonObject, options: SendOptions): Promise<void>;
  /**
   * With the guest stopped: last writes reach the destination and are flushed, targets are let go, the rest of the state is sent.
   * Resolves when the source has nothing more to give: the guest stays stopped on both sides.
   */
  handOver(
    id: GuestId,
    ticket: JsonObject,
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly downtimeMs?: number; readonly memoryBytes?: number }>;
  /** Destination: resolves when all state has arrived and the disks are its own (exports closed). The guest is still stopped. */
  received(id: GuestId, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Destination: runs the guest (or leaves it paused). Idempotent. */
  activate(id: GuestId, options: { readonly paused: boolean }): Promise<void>;
  /**
   * Source: ends whatever of a migration is under way, from any state before the destination was activated, also when the link is
   * silent, and leaves the guest running as it was (paused if it was paused). Idempotent; the disks stay frozen.
   */
  cancel(id: GuestId, options: { readonly resume: boolean }): Promise<void>;
}

export interface HypervisorDriver {
  readonly kind: HypervisorInfo['kind'];
  probe(): Promise<HypervisorInfo>;
  /** Guests that exist now, running or not. Cheap; found again after a restart. Reconnects to each. */
  list(): Promise<readonly GuestStatus[]>;
  status(id: GuestId): Promise<GuestStatus | undefined>;
  /** Starts a guest. Fails if one of this id exists. On failure nothing is left. */
  start(spec: GuestSpec, options: { readonly paused: boolean; readonly signal: AbortSignal }): Promise<GuestStatus>;
  pause(id: GuestId): Promise<void>;
  unpause(id: GuestId): Promise<void>;
  /** Asks the guest to power off and waits until it is gone. An abort leaves it to the guest. */
  shutdown(id: GuestId, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Asks the guest to reboot, waits until it did. */
  reboot(id: GuestId, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Resets the machine without asking. */
  reset(id: GuestId): Promise<void>;
  /** Ends the guest at once and cleans all its traces. Idempotent: no guest is success. */
  destroy(id: GuestId): Promise<void>;
  /** Writes memory and device state to a file made by the storage driver; the guest is gone afterwards. On failure it runs on. */
  suspend(
    id: GuestId,
    image: VolumeSource,
    options: { readonly signal: AbortSignal; readonly onProgress?: (p: TransferProgress) => void },
  ): Promise<void>;
  resume(spec: GuestSpec, image: VolumeSource, options: { readonly paused: boolean; readonly signal: AbortSignal }): Promise<GuestStatus>;
  /** Writes memory state to `image` and freezes all disks at the same instant, the guest runs on. */
  checkpoint(id: GuestId, image: VolumeSource, disks: readonly FreezeRequest[], options: { readonly signal: AbortSignal }): Promise<void>;
  plugDisk(id: GuestId, disk: DiskSpec): Promise<void>;
  unplugDisk(id: GuestId, diskId: string, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Changes the medium of a CD drive; `source` absent ejects. */
  changeMedium(id: GuestId, diskId: string, source?: VolumeSource): Promise<void>;
  resizeDisk(id: GuestId, diskId: string, sizeBytes: number): Promise<void>;
  plugNic(id: GuestId, nic: NicSpec): Promise<void>;
  unplugNic(id: GuestId, nicId: string, options: { readonly signal: AbortSignal }): Promise<void>;
  setVcpus(id: GuestId, count: number): Promise<void>;
  setMemoryTarget(id: GuestId, bytes: number): Promise<void>;
  /** Replaces all of it, and keeps it for reboots of the guest. Absent where the system's own kernel gives guests their time. */
  readonly setScheduling?: (id: GuestId, scheduling: GuestScheduling) => Promise<void>;
  consoles(id: GuestId): Promise<readonly GuestConsole[]>;
  /** Every change of what an agent says is told as an event: who has been answered need not ask again by itself. */
  readonly tellsMetrics?: true;
  /** Undefined where no agent answers within its short, fixed time. */
  guestMetrics(id: GuestId): Promise<GuestMetrics | undefined>;
  stats(id: GuestId): Promise<GuestStats>;
  /** All disks are frozen at one instant: their writes go to the overlays from then on. All or none. */
  freeze(id: GuestId, disks: readonly FreezeRequest[]): Promise<void>;
  /** The file a disk writes to now; undefined when the guest is gone. How a recovering plan finds out whether a freeze happened. */
  activeLayer(id: GuestId, diskId: string): Promise<string | undefined>;
  /** Writes the overlay of a running guest's disk back into the layer below and drops it: a freeze undone. Idempotent. */
  thaw(id: GuestId, diskId: string, below: VolumeSource, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Live VDI migration: the disk moves onto `target` (an empty volume of the same size) while the guest runs. An abort leaves the old one. */
  moveDisk(
    id: GuestId,
    diskId: string,
    target: VolumeSource,
    options: {
      readonly signal: AbortSignal;
      readonly bandwidthBytesPerSecond?: number;
      readonly onProgress?: (p: TransferProgress) => void;
    },
  ): Promise<void>;
  readonly migration: GuestMigration;
  /** Absent where the hypervisor is a program of this system. */
  readonly messages?: HypervisorLog;
  /** Absent where guests are programs of this system. */
  readonly controlDomain?: ControlDomain;
  /** All domains but the control domain; absent where guests are no domains. */
  readonly listDomains?: () => Promise<readonly HostDomain[]>;
  /** Absent where the machine is not this agent's to switch off. */
  readonly power?: HostPower;
  /** Tells events until the returned function is called. */
  onEvent(listener: (event: GuestEvent) => void): () => void;
  /** Lets go of every guest without touching it. */
  close(): Promise<void>;
}

/** Why a driver refused; a closed set, mapped to XenAPI errors in ops and nowhere else. */
export type DriverErrorKind =
  | 'not-found'
  | 'exists'
  | 'bad-state'
  | 'unsupported'
  | 'no-space'
  | 'no-memory'
  | 'in-use'
  | 'timeout'
  | 'cancelled'
  | 'unreachable'
  | 'bad-config'
  | 'guest-refused'
  | 'failed';

export class DriverError extends Error {
  readonly kind: DriverErrorKind;
  readonly details: Json;
  constructor(kind: DriverErrorKind, message: string, options?: ErrorOptions & { readonly details?: Json }) {
    super(message, options);
    this.name = 'DriverError';
    this.kind = kind;
    this.details = options?.details ?? null;
  }
}
