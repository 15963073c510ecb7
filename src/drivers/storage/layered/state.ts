// What is known of one attached SR, and the few moves all operations are made of. One lock orders every change of the tree of
// layers; long copies run outside it with their layers pinned. The directory is the truth: memory follows what was made durable.

import { randomUUID } from 'node:crypto';
import { createLocks } from '../../../lib/locks.ts';
import type { Logger } from '../../../lib/logger.ts';
import { DriverError } from '../../hypervisor.ts';
import type { CopyTarget, VolumeInfo, VolumeSource } from '../../storage.ts';
import type { MergeMark, SrDirectory } from './directory.ts';
import { chainOf, garbage, type Layer, type LayerName } from './graph.ts';
import type { ImageExport, ImageFile, Images } from './images.ts';
import { checkedId, formatOf, type VolumeRecord } from './record.ts';

export class SrState {
  readonly directory: SrDirectory;
  readonly images: Images;
  readonly log: Logger;
  readonly volumes = new Map<string, VolumeRecord>();
  readonly layers = new Map<LayerName, Layer>();
  readonly merges = new Map<LayerName, MergeMark>();
  /** Who shows or receives a volume; no target where that is this process itself. */
  readonly exports = new Map<string, Pick<ImageExport, 'close'> & { readonly key: string; readonly target?: CopyTarget }>();
  readonly #pins = new Map<LayerName, number>();
  readonly #locks = createLocks<string>();
  #damaged: readonly string[] = [];

  constructor(options: { readonly directory: SrDirectory; readonly images: Images; readonly log: Logger }) {
    this.directory = options.directory;
    this.images = options.images;
    this.log = options.log;
  }

  /** One at a time over the whole SR: for changes of the tree, which take milliseconds. */
  async exclusive<T>(what: string, fn: () => Promise<T>): Promise<T> {
    const release = await this.#locks.acquire(['tree'], what);
    try {
      return await fn();
    } finally {
      release();
    }
  }

  /** Reads everything again and throws away what a crash left. Under the lock. */
  async load(): Promise<void> {
    const content = await this.directory.read();
    for (const [mine, read] of [
      [this.volumes, content.volumes],
      [this.layers, content.layers],
      [this.merges, content.merges],
    ] as readonly (readonly [Map<string, unknown>, ReadonlyMap<string, unknown>])[]) {
      mine.clear();
      for (const [key, value] of read) mine.set(key, value);
    }
    this.#damaged = content.damaged;
    for (const what of content.damaged) this.log.error('A file of the storage repository cannot be read; nothing is cleaned up', { what });
    const condemned = new Set(content.gone.flatMap(({ top }) => chainOf(this.layers, top)));
    await this.#adopt(condemned);
    await this.collect();
    if (content.damaged.length === 0) for (const { id } of content.gone) await this.directory.forgetVolume(id);
  }

  /** A raw image that someone put here, named by a uuid, becomes a volume of that uuid. */
  async #adopt(condemned: ReadonlySet<LayerName>): Promise<void> {
    for (const top of garbage(this.layers, this.#roots())) {
      const id = top.slice(0, 36);
      if (formatOf(top) !== 'raw' || condemned.has(top) || this.volumes.has(id)) continue;
      const sizeBytes = this.layers.get(top)?.virtualSizeBytes ?? 0;
      const fields = { name: id, description: '', type: 'user', isSnapshot: false, attached: [] };
      await this.save({ version: 1, id, top, sizeBytes, ...fields });
    }
  }

  *#roots(): Iterable<LayerName> {
    for (const { top, freeze } of this.volumes.values()) {
      yield top;
      if (freeze !== undefined) yield freeze;
    }
    yield* this.#pins.keys();
  }

  roots(): readonly LayerName[] {
    return [...this.#roots()];
  }

  /** Deletes the layers that nothing needs. Under the lock; idempotent. */
  async collect(): Promise<void> {
    if (this.#damaged.length > 0) return;
    for (const name of garbage(this.layers, this.#roots())) {
      await this.directory.removeLayer(name);
      await this.directory.forgetMerge(name);
      this.layers.delete(name);
      this.merges.delete(name);
    }
  }

  /** Whether the whole directory was understood: if not, nothing may be thrown away or merged. */
  get sound(): boolean {
    return this.#damaged.length === 0;
  }

  /** Keeps layers from being deleted or merged while a copy reads or fills them. */
  pin(names: readonly LayerName[]): Disposable {
    for (const name of names) this.#pins.set(name, (this.#pins.get(name) ?? 0) + 1);
    return {
      [Symbol.dispose]: () => {
        for (const name of names) {
          const left = (this.#pins.get(name) ?? 0) - 1;
          if (left > 0) this.#pins.set(name, left);
          else this.#pins.delete(name);
        }
      },
    };
  }

  file(name: LayerName): ImageFile {
    return { path: this.directory.layerPath(name), format: formatOf(name) };
  }

  isPinned(name: LayerName): boolean {
    return this.#pins.has(name);
  }

  need(id: string): VolumeRecord {
    const record = this.volumes.get(checkedId(id));
    if (!record) throw new DriverError('not-found', `there is no volume ${id} in this storage repository`);
    return record;
  }

  async save(record: VolumeRecord): Promise<VolumeRecord> {
    await this.directory.writeVolume(record);
    this.volumes.set(record.id, record);
    return record;
  }

  /** Deletes a volume's record and the layers only it needed. Under the lock. */
  async drop(record: VolumeRecord): Promise<void> {
    await this.directory.condemnVolume(record.id);
    this.volumes.delete(record.id);
    await this.collect();
    await this.directory.forgetVolume(record.id);
  }

  /** A new, empty layer; nothing of it stays on failure. `name` absent: a fresh one. Unreachable, so pin or save it before letting go of the lock. */
  async newLayer(sizeBytes: number, below?: LayerName, name: LayerName = `${randomUUID()}.qcow2`): Promise<LayerName> {
    try {
      const backing = below === undefined ? undefined : { name: below, format: formatOf(below) };
      await this.images.create(this.directory.layerPath(name), sizeBytes, backing);
    } catch (error) {
      await this.directory.removeLayer(name);
      throw error;
    }
    this.layers.set(name, { virtualSizeBytes: sizeBytes, ...(below !== undefined && { parent: below }) });
    return name;
  }

  /** The chain of a layer as the images' headers have it now. Throws if one is missing. */
  async source(top: LayerName): Promise<VolumeSource> {
    const chain: ImageFile[] = [];
    for (const name of chainOf(this.layers, top)) {
      if (!this.layers.has(name)) throw new DriverError('failed', `the layer ${name} is missing from the storage repository`);
      chain.push(this.file(name));
    }
    const { virtualSizeBytes } = await this.directory.readLayer(top);
    return { ...this.file(top), sizeBytes: virtualSizeBytes, chain: chain.slice(1) };
  }

  async info(record: VolumeRecord): Promise<VolumeInfo> {
    const { id, sizeBytes, name, description, type, isSnapshot, snapshotOf, snapshotTime } = record;
    return {
      id,
      sizeBytes,
      name,
      description,
      type,
      isSnapshot,
      readOnly: isSnapshot,
      ...(snapshotOf !== undefined && { snapshotOf }),
      ...(snapshotTime !== undefined && { snapshotTime }),
      utilisationBytes: await this.directory.layerBytes(record.top),
      layers: chainOf(this.layers, record.top),
    };
  }
}

/** The owner who writes to a volume now, if any. */
export const writerOf = (record: VolumeRecord): string | undefined => record.attached.find(a => !a.readOnly)?.owner;

const inUse = (what: string, record: VolumeRecord, owner: string): DriverError =>
  new DriverError('in-use', `${what}: volume ${record.id} is in use by ${owner}`, { details: { owner } });

/** Refuses while another export of the volume is open. */
export const refuseWhileReceived = (state: SrState, record: VolumeRecord, what: string): void => {
  if (state.exports.has(record.id)) throw new DriverError('in-use', `${what}: volume ${record.id} is being received`);
};

/** Refuses while anyone has the volume. */
export const refuseWhileOpen = (state: SrState, record: VolumeRecord, what: string): void => {
  const [attachment] = record.attached;
  if (attachment) throw inUse(what, record, attachment.owner);
  refuseWhileReceived(state, record, what);
};

/** Refuses while the volume's top layer may change under the caller. */
export const refuseWhileWritten = (state: SrState, record: VolumeRecord, what: string): void => {
  const owner = writerOf(record);
  if (owner !== undefined) throw inUse(what, record, owner);
  refuseWhileReceived(state, record, what);
  if (record.freeze !== undefined) throw new DriverError('in-use', `${what}: a snapshot of volume ${record.id} is under way`);
};
