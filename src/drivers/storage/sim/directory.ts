// The books of one simulated SR, in memory, with the rules of the real directory.

import { basename, join } from 'node:path';
import type { DirectoryContent, MergeMark, SrDirectory } from '../layered/directory.ts';
import type { Layer, LayerName } from '../layered/graph.ts';
import type { VolumeRecord } from '../layered/record.ts';
import type { SimDisks } from './disks.ts';

export interface SimSrBooks {
  readonly id: string;
  readonly location: string;
  readonly name: string;
  readonly description: string;
  readonly volumes: Map<string, VolumeRecord>;
  readonly gone: Map<string, VolumeRecord>;
  readonly merges: Map<LayerName, MergeMark>;
}

export const simDirectory = (books: SimSrBooks, disks: SimDisks, changed: () => Promise<void>): SrDirectory => {
  const layerPath = (name: LayerName): string => join(books.location, name);
  const layer = (name: LayerName): Layer => {
    const { sizeBytes, below } = disks.need(layerPath(name));
    return { virtualSizeBytes: sizeBytes, ...(below !== undefined && { parent: basename(below) }) };
  };
  return {
    layerPath,
    async read(): Promise<DirectoryContent> {
      return {
        volumes: new Map(books.volumes),
        layers: new Map(disks.namesIn(books.location).map(name => [name, layer(name)])),
        gone: [...books.gone.values()],
        merges: new Map(books.merges),
        damaged: [],
      };
    },
    readLayer: async name => layer(name),
    layerBytes: async name => disks.bytesOf(layerPath(name)),
    space: async () => ({ totalBytes: disks.capacityBytes, freeBytes: disks.capacityBytes - disks.usedBytes }),
    async writeVolume(record) {
      books.volumes.set(record.id, record);
      await changed();
    },
    async condemnVolume(id) {
      const record = books.volumes.get(id);
      if (record) books.gone.set(id, record);
      books.volumes.delete(id);
      await changed();
    },
    async forgetVolume(id) {
      books.gone.delete(id);
      await changed();
    },
    async writeMerge(mark) {
      books.merges.set(mark.upper, mark);
      await changed();
    },
    async forgetMerge(upper) {
      if (books.merges.delete(upper)) await changed();
    },
    async removeLayer(name) {
      disks.remove(layerPath(name));
      await changed();
    },
  };
};
