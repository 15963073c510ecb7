// Names and options of QEMU's block nodes and devices. A name follows from the disk and the file alone, so that a process that knows
// nothing but these can find, after a restart, which file a guest writes to and what else is open.
//
//   device disk-<disk>  ─→  node d<disk>-<file> (qcow2 | raw)  ─→  node d<disk>-<file>.file (the file itself)
//                                   └─ backing ─→ node d<disk>-<file below> …          t<disk>: the target of a mirror to another host

import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../../lib/json.ts';
import type { VolumeSource } from '../../storage.ts';

const digest = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);

/** Short stand-in for a disk's or card's id: node names have at most 31 characters. */
export const shortKey = (id: string): string => digest(id, 10);

export const deviceId = (kind: 'disk' | 'cd' | 'nic' | 'net', id: string): string => `${kind}-${shortKey(id)}`;
export const nodePrefix = (diskId: string): string => `d${shortKey(diskId)}-`;
export const nodeName = (diskId: string, path: string): string => `${nodePrefix(diskId)}${digest(path, 14)}`;
export const fileNodeName = (node: string): string => `${node}.file`;
export const targetNodeName = (diskId: string): string => `t${shortKey(diskId)}`;
export const isTargetNode = (node: string): boolean => /^t[0-9a-f]{10}$/.test(node);
export const jobId = (kind: 'mirror' | 'commit' | 'move', diskId: string): string => `${kind}-${shortKey(diskId)}`;

interface Layer {
  readonly format: 'qcow2' | 'raw';
  readonly path: string;
}

export interface OpenOptions {
  readonly readOnly: boolean;
  /** `chain` opens the layers below by the names of the source; `none` opens the top alone, to be put on a node that is open already. */
  readonly below: 'chain' | 'none';
}

const fileOptions = (name: string, path: string): JsonObject => ({
  driver: path.startsWith('/dev/') ? 'host_device' : 'file',
  'node-name': fileNodeName(name),
  filename: path,
  aio: 'threads',
  locking: 'on',
  discard: 'unmap',
  cache: { direct: false, 'no-flush': false },
});

const layerOptions = (diskId: string, layer: Layer, backing: Json | undefined): JsonObject => {
  const name = nodeName(diskId, layer.path);
  const { locking, ...device } = fileOptions(name, layer.path);
  return {
    driver: layer.format,
    'node-name': name,
    discard: 'unmap',
    file: layer.path.startsWith('/dev/') ? device : { ...device, locking: locking ?? 'on' },
    ...(layer.format === 'qcow2' && { backing: backing ?? null }),
  };
};

/** Options for `blockdev-add` (and `-blockdev`): the top layer with all below it. Layers below are read-only by QEMU's own rule. */
export const openVolume = (diskId: string, source: VolumeSource, options: OpenOptions): JsonObject => {
  let below: JsonObject | undefined;
  if (options.below === 'chain') for (const layer of source.chain.toReversed()) below = layerOptions(diskId, layer, below);
  return {
    ...layerOptions(diskId, source, below),
    'read-only': options.readOnly,
    ...(!options.readOnly && { 'detect-zeroes': 'unmap' }),
  };
};
