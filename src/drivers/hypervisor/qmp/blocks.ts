// The disks of a running guest as QEMU's block layer has them: which node a device uses now, adding nodes and sweeping unused ones.

import type { JsonObject } from '../../../lib/json.ts';
import { DriverError } from '../../hypervisor.ts';
import { objectOf, objectsOf, textOf } from './answers.ts';
import type { QmpGuest } from './guest.ts';
import { fileNodeName, nodeName } from './nodes.ts';

export interface DiskState {
  readonly device: string;
  readonly kind: 'disk' | 'cd';
  /** Undefined for a drive without a medium. */
  readonly node?: string;
  readonly passedBy?: string;
}

const blockNodes = async (guest: QmpGuest): Promise<readonly JsonObject[]> =>
  objectsOf(await guest.monitor.execute('query-named-block-nodes', { flat: true }));

/** Rejects with `not-found` when the guest has no such disk. */
export const diskState = async (guest: QmpGuest, diskId: string): Promise<DiskState> => {
  const devices = new Map(objectsOf(await guest.monitor.execute('query-block')).map(each => [textOf(each['qdev']), each]));
  const found = await guest.findDisk(
    diskId,
    Array.from(devices.keys()).filter(path => path !== ''),
  );
  if (found !== undefined) {
    const node = textOf(objectOf(devices.get(found.path)?.['inserted'])['node-name']);
    const { device, kind, passedBy } = found;
    return { device, kind, ...(node !== '' && { node }), ...(passedBy !== undefined && { passedBy }) };
  }
  throw new DriverError('not-found', `guest ${guest.id} has no disk ${diskId}`);
};

/** The node that takes the disk's writes now. Rejects with `guest-refused` when they take another way. */
export const activeNode = async (guest: QmpGuest, diskId: string): Promise<string> => {
  const { node, passedBy } = await diskState(guest, diskId);
  if (passedBy !== undefined) throw new DriverError('guest-refused', passedBy);
  if (node === undefined) throw new DriverError('bad-state', `drive ${diskId} holds no medium`);
  return node;
};

/** A node's file: its own lower node says it plainly; one that QEMU opened for Xen has none with a name of ours. */
const fileIn = (nodes: readonly JsonObject[], node: string): string | undefined => {
  const found = nodes.find(each => each['node-name'] === fileNodeName(node)) ?? nodes.find(each => each['node-name'] === node);
  return found && textOf(found['file']);
};

/** The file behind a node. */
export const fileOfNode = async (guest: QmpGuest, node: string): Promise<string> => {
  const file = fileIn(await blockNodes(guest), node);
  if (file === undefined) throw new DriverError('failed', `QEMU does not know the file of ${node}`);
  return file;
};

/** The node through which a disk uses a file, whoever opened it; the name it would have where there is none. */
export const nodeOfFile = async (guest: QmpGuest, diskId: string, path: string): Promise<string> => {
  const nodes = await blockNodes(guest);
  const names = nodes.map(each => textOf(each['node-name'])).filter(name => guest.ownsNode(diskId, name) && !name.endsWith('.file'));
  return names.find(name => fileIn(nodes, name) === path) ?? nodeName(diskId, path);
};

export const hasNode = async (guest: QmpGuest, node: string): Promise<boolean> =>
  (await blockNodes(guest)).some(each => each['node-name'] === node);

export const addNode = async (guest: QmpGuest, options: JsonObject): Promise<void> =>
  void (await guest.monitor.execute('blockdev-add', options));

/**
 * Closes all nodes of a disk that its device does not use any more. A node that another still stands on refuses, so it goes once that one
 * has gone: the sweep repeats while it gets on. Layers in use refuse throughout, which is what keeps them.
 */
export const sweepNodes = async (guest: QmpGuest, diskId: string): Promise<void> => {
  for (;;) {
    const names = (await blockNodes(guest)).map(each => textOf(each['node-name']));
    const tops = names.filter(name => guest.ownsNode(diskId, name) && !name.endsWith('.file'));
    const inUse = new Set(await usedNodes(guest));
    const removed = await Promise.all(tops.filter(name => !inUse.has(name)).map(name => tryRemove(guest, name)));
    if (!removed.includes(true)) return;
  }
};

const usedNodes = async (guest: QmpGuest): Promise<readonly string[]> =>
  objectsOf(await guest.monitor.execute('query-block')).map(device => textOf(objectOf(device['inserted'])['node-name']));

/** False when QEMU refuses because the node is in use. */
const tryRemove = async (guest: QmpGuest, node: string): Promise<boolean> => {
  try {
    await guest.monitor.execute('blockdev-del', { 'node-name': node });
    return true;
  } catch (error) {
    if (error instanceof DriverError && !guest.monitor.isClosed) return false;
    throw error;
  }
};

/** Closes a node if it is there. Rejects when something uses it. */
export const removeNode = async (guest: QmpGuest, node: string): Promise<void> => {
  if (await hasNode(guest, node)) await guest.monitor.execute('blockdev-del', { 'node-name': node });
};
