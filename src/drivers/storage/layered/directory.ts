// Where the parts of an SR are kept: small documents and layers, by name. A directory of files, or a simulator's memory.
//
// A document is replaced whole or not at all, and is durable when the call resolves.

import type { Layer, LayerName } from './graph.ts';
import type { VolumeRecord } from './record.ts';

/**
 * A merge of `upper` into `lower` that was begun. From then on `lower` makes sense only seen through `upper`, until all that rest on
 * `upper` rest on `lower` instead. `complete`: all content is in `lower`.
 */
export interface MergeMark {
  readonly upper: LayerName;
  readonly lower: LayerName;
  readonly complete: boolean;
}

export interface DirectoryContent {
  readonly volumes: ReadonlyMap<string, VolumeRecord>;
  readonly layers: ReadonlyMap<LayerName, Layer>;
  /** Volumes whose destruction was cut short. */
  readonly gone: readonly VolumeRecord[];
  /** Merges that were begun, by their upper layer. */
  readonly merges: ReadonlyMap<LayerName, MergeMark>;
  /** What could not be understood: while there is any, nothing may be thrown away. */
  readonly damaged: readonly string[];
}

export interface SrDirectory {
  layerPath(name: LayerName): string;
  read(): Promise<DirectoryContent>;
  /** Reads one layer's header anew: a hypervisor may have grown it. */
  readLayer(name: LayerName): Promise<Layer>;
  /** What the layer occupies; 0 when it is not there. */
  layerBytes(name: LayerName): Promise<number>;
  space(): Promise<{ readonly totalBytes: number; readonly freeBytes: number }>;
  writeVolume(record: VolumeRecord): Promise<void>;
  /** The instant of a volume's destruction; `forgetVolume` ends it once its layers are gone. */
  condemnVolume(id: string): Promise<void>;
  forgetVolume(id: string): Promise<void>;
  writeMerge(mark: MergeMark): Promise<void>;
  forgetMerge(upper: LayerName): Promise<void>;
  /** Idempotent. */
  removeLayer(name: LayerName): Promise<void>;
}
