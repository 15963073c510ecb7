// The contract of a storage driver: one kind of storage repository (SR) and the volumes in it.
//
// A volume is known by the VDI's uuid. Its data lies in layers: a chain of images, the topmost takes the writes. A frozen layer
// never changes; snapshots and clones share it. The SR itself holds what is needed to read it again on another host
// (`scan`): nothing depends on hostd's database. Data is moved by qemu-img and qemu-storage-daemon, never through this
// process. Every method can be repeated after a crash in its middle. Sizes are bytes.

import type { JsonObject } from '../lib/json.ts';
import type { MigrationTls, TransferProgress } from './hypervisor.ts';

export type SrId = string;
export type VolumeId = string;

/** What a hypervisor needs to open a volume. `chain` lists the layers below, nearest first. */
export interface VolumeSource {
  readonly format: 'qcow2' | 'raw';
  /** File or block device of the topmost layer. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly chain: readonly { readonly format: 'qcow2' | 'raw'; readonly path: string }[];
}

export interface SrStat {
  readonly physicalSizeBytes: number;
  /** What the layers occupy on the medium. */
  readonly physicalUtilisationBytes: number;
  /** Sum of the volumes' virtual sizes. */
  readonly virtualAllocationBytes: number;
  readonly freeBytes: number;
}

export interface VolumeInfo {
  readonly id: VolumeId;
  readonly sizeBytes: number;
  readonly utilisationBytes: number;
  readonly readOnly: boolean;
  readonly isSnapshot: boolean;
  readonly snapshotOf?: VolumeId;
  readonly snapshotTime?: string;
  readonly name: string;
  readonly description: string;
  /** XenAPI vdi_type: user, system, suspend, crashdump, ephemeral … */
  readonly type: string;
  /** The topmost layer first: names without directories. Two volumes that share a name share that data. */
  readonly layers: readonly string[];
}

export interface VolumeSpec {
  readonly id: VolumeId;
  readonly sizeBytes: number;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly snapshotOf?: VolumeId;
  readonly snapshotTime?: string;
  /** A frozen layer below, from `layers` of another volume of this SR; absent: empty. */
  readonly onLayer?: string;
}

/** An open NBD export at a destination, or a local file: where `copyLayer` writes. JSON, so that a peer can be sent it. */
export type CopyTarget =
  | { readonly kind: 'nbd'; readonly host: string; readonly port: number; readonly exportName: string; readonly tls: boolean }
  | { readonly kind: 'nbd-unix'; readonly path: string; readonly exportName: string };

export interface CopyOptions {
  /** `layer`: only what the topmost layer itself holds (target has the same data below); `all`: the whole content. */
  readonly what: 'layer' | 'all';
  readonly tls?: MigrationTls;
  readonly bandwidthBytesPerSecond?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: TransferProgress) => void;
}

export const exchangeFormats = ['raw', 'vhd', 'qcow2'] as const;
export type ExchangeFormat = (typeof exchangeFormats)[number];

/** A disk as one file that belongs to no repository. */
export interface ExchangeFile {
  readonly path: string;
  readonly format: ExchangeFormat;
}

export interface ExchangeOptions {
  readonly signal: AbortSignal;
  readonly onFraction?: (fraction: number) => void;
}

export interface Extent {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** The content of a volume, open to this process. Several requests may be under way; each is of at most 32 MiB. */
export interface VolumeContent {
  readonly sizeBytes: number;
  /** The same only if the content is, whenever and by whomever it is asked: letters and digits. */
  version(): Promise<string>;
  /** In order, where something else than zeroes may be: elsewhere are zeroes. Rounded to whole MiB. */
  extents(options: { readonly signal: AbortSignal }): Promise<readonly Extent[]>;
  read(offsetBytes: number, lengthBytes: number): Promise<Buffer>;
  /** The bytes may be used again when it resolves. */
  write(offsetBytes: number, bytes: Uint8Array): Promise<void>;
  /** Rejects requests under way. Resolves when the volume is let go of and what was written to it is durable; rejects if that is not sure. */
  close(): Promise<void>;
}

export interface Comparison {
  readonly equal: boolean;
  /** Where the first difference lies, as exactly as the driver knows. */
  readonly firstDifferenceBytes?: number;
}

export interface SrDriver {
  stat(): Promise<SrStat>;
  /** All volumes, from what the SR itself holds; also removes layers that nothing needs any more. */
  scan(): Promise<readonly VolumeInfo[]>;
  volume(id: VolumeId): Promise<VolumeInfo | undefined>;
  create(spec: VolumeSpec): Promise<VolumeInfo>;
  /** Idempotent: no such volume is success. Frees every layer that only this volume needed. */
  destroy(id: VolumeId): Promise<void>;
  /** Offline growth; a running guest's disk is grown by the hypervisor, then `resized` told here. */
  resize(id: VolumeId, sizeBytes: number): Promise<VolumeInfo>;
  rename(id: VolumeId, fields: { readonly name: string; readonly description: string }): Promise<void>;
  /** Instant, thin, for a volume that no guest writes to. Both then share the frozen layer. */
  snapshot(id: VolumeId, snapshot: { readonly id: VolumeId; readonly time: string }): Promise<VolumeInfo>;
  clone(id: VolumeId, clone: { readonly id: VolumeId; readonly name: string; readonly description: string }): Promise<VolumeInfo>;
  /** For a volume that a running guest writes to, in three moves: prepare makes the overlay; the hypervisor freezes onto it;
   *  commit makes the overlay the volume's top and, if asked, a snapshot volume of the frozen layer. */
  prepareFreeze(id: VolumeId, overlayName: string): Promise<VolumeSource>;
  commitFreeze(id: VolumeId, overlayName: string, snapshot?: { readonly id: VolumeId; readonly time: string }): Promise<void>;
  /** The freeze never happened, or was thawed: forgets and deletes the overlay; the volume's top is the layer below again. Idempotent.
   *  `merge`: the guest is gone and had written to the overlay, so its content goes into the layer below first. */
  rollbackFreeze(id: VolumeId, overlayName: string, options: { readonly merge: boolean }): Promise<void>;
  /** Opens for a guest; `readOnly` may be opened by several. Marks the volume in use so that no second writer gets it. */
  attach(id: VolumeId, options: { readonly readOnly: boolean; readonly owner: string }): Promise<VolumeSource>;
  detach(id: VolumeId, options: { readonly owner: string }): Promise<void>;
  /** Where the data lies, for inspection and copying, without marking it in use. */
  source(id: VolumeId): Promise<VolumeSource>;
  /** Local full copy into a new volume of this or another SR on this host. An abort leaves nothing. */
  copyTo(
    id: VolumeId,
    target: SrDriver,
    spec: VolumeSpec,
    options: { readonly signal: AbortSignal; readonly onProgress?: (p: TransferProgress) => void },
  ): Promise<VolumeInfo>;
  /** Sends a frozen (or unused) layer's content to an export. `layerPath` absent: the volume's topmost layer. */
  send(id: VolumeId, layer: string | undefined, target: CopyTarget, options: CopyOptions): Promise<void>;
  /**
   * Compares the whole content seen through a layer with what an export shows, byte for byte; what one has more than the other must
   * be zeroes. Also while the volume is in use: that nobody writes to either meanwhile is the caller's promise. Changes nothing.
   */
  compare(
    id: VolumeId,
    layer: string | undefined,
    target: CopyTarget,
    options: { readonly tls?: MigrationTls; readonly signal: AbortSignal },
  ): Promise<Comparison>;
  /**
   * Destination: exports the volume's topmost layer for writing until `closeExport`. One at a time per volume; idempotent.
   * `readOnly` shows the whole content, also while the volume is in use or shares data.
   */
  openExport(
    id: VolumeId,
    options: { readonly address: string; readonly tls?: MigrationTls; readonly readOnly?: boolean },
  ): Promise<CopyTarget>;
  closeExport(id: VolumeId): Promise<void>;
  /** Until its `close` nobody else gets the volume for writing, and with `readOnly: false` for nothing at all. One at a time per volume. */
  openContent(id: VolumeId, options: { readonly readOnly: boolean }): Promise<VolumeContent>;
  /**
   * Writes the whole content into a new file. Refused while somebody writes to the volume. An abort may leave a part of the file.
   * `base`, for qcow2: only where the content differs from that volume's, in a file that stands on `<base>.qcow2`.
   */
  exportTo(id: VolumeId, file: ExchangeFile, options: ExchangeOptions & { readonly base?: VolumeId }): Promise<void>;
  /**
   * Writes the content of a file, which is not larger, over that of a volume that nobody has open; durable when it resolves. What lies
   * beyond the file's end stays. An abort or a failure leaves any mixture of both.
   */
  importFrom(id: VolumeId, file: ExchangeFile, options: ExchangeOptions): Promise<void>;
  /** Ends every helper process that belongs to this SR on this host: after a crash, and at detach. */
  close(): Promise<void>;
}

export interface SrProbe {
  readonly configuration: Readonly<Record<string, string>>;
  readonly complete: boolean;
  readonly sr?: { readonly id: SrId; readonly name: string; readonly totalBytes: number; readonly freeBytes: number };
}

/** One kind of SR. `deviceConfig` is the PBD's device_config. */
export interface StorageDriver {
  readonly type: string;
  readonly info: {
    readonly label: string;
    readonly description: string;
    readonly vendor: string;
    readonly version: string;
    readonly features: readonly string[];
    readonly configuration: Readonly<Record<string, string>>;
    readonly requiredConfig: readonly string[];
  };
  probe(deviceConfig: Readonly<Record<string, string>>): Promise<readonly SrProbe[]>;
  /** Formats: makes a new, empty SR. Refuses a place that holds one already. */
  create(
    id: SrId,
    deviceConfig: Readonly<Record<string, string>>,
    options: { readonly name: string; readonly description: string },
  ): Promise<void>;
  /** Makes the SR usable on this host. Idempotent. */
  attach(id: SrId, deviceConfig: Readonly<Record<string, string>>): Promise<SrDriver>;
  /** Deletes the SR and all in it. Refuses while volumes exist unless they are all hidden layers. */
  destroy(id: SrId, deviceConfig: Readonly<Record<string, string>>): Promise<void>;
}

/** Storage kinds this host knows, by SM type. */
export type StorageDrivers = ReadonlyMap<string, StorageDriver>;

export type { JsonObject };
