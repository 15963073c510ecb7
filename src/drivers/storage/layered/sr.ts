// One SR whose volumes are chains of images, as the storage contract wants it: locks, then the functions of one idea each.
//
// Every volume's content is the chain from its top layer down. A writable volume has its top layer alone; all below, and every
// snapshot, is frozen and may be shared. Nothing is ever deleted that a volume, a freeze or a running copy reaches.

import type {
  Comparison,
  CopyOptions,
  CopyTarget,
  ExchangeFile,
  ExchangeOptions,
  SrDriver,
  SrStat,
  VolumeContent,
  VolumeInfo,
  VolumeSource,
  VolumeSpec,
} from '../../storage.ts';
import { attachVolume, detachVolume } from './access.ts';
import { Coalescer } from './coalesce.ts';
import { commitFreeze, prepareFreeze, rollbackFreeze } from './freeze.ts';
import { checkedId, type VolumeRecord } from './record.ts';
import type { SrState } from './state.ts';
import {
  closeExport,
  type CompareOptions,
  compareLayer,
  copyLocally,
  copyThroughExport,
  exportFile,
  type ExportOptions,
  importFile,
  type LocalCopyOptions,
  openContent,
  openExport,
  sendLayer,
} from './transfer.ts';
import { cloneVolume, createVolume, destroyVolume, renameVolume, resizeVolume, snapshotVolume } from './volumes.ts';

export class LayeredSr implements SrDriver {
  readonly state: SrState;
  readonly coalescer: Coalescer;

  readonly #onClose: () => void;

  private constructor(state: SrState, onClose: () => void) {
    this.state = state;
    this.#onClose = onClose;
    this.coalescer = new Coalescer(state);
  }

  /** Reads the directory and removes what a crash left, helper processes among it. */
  static async open(state: SrState, onClose: () => void): Promise<LayeredSr> {
    await state.images.endStaleExports();
    const sr = new LayeredSr(state, onClose);
    await state.exclusive('open', () => state.load());
    sr.coalescer.kick();
    return sr;
  }

  async stat(): Promise<SrStat> {
    const { directory, layers, volumes } = this.state;
    const { totalBytes, freeBytes } = await directory.space();
    let physicalUtilisationBytes = 0;
    for (const name of layers.keys()) physicalUtilisationBytes += await directory.layerBytes(name);
    return {
      physicalSizeBytes: totalBytes,
      physicalUtilisationBytes,
      virtualAllocationBytes: [...volumes.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      freeBytes,
    };
  }

  async scan(): Promise<readonly VolumeInfo[]> {
    const infos = await this.state.exclusive('scan', async () => {
      await this.state.load();
      const found: VolumeInfo[] = [];
      for (const record of this.state.volumes.values()) found.push(await this.state.info(record));
      return found;
    });
    this.coalescer.kick();
    return infos;
  }

  async volume(id: string): Promise<VolumeInfo | undefined> {
    const record = this.state.volumes.get(checkedId(id));
    return record && this.state.info(record);
  }

  create(spec: VolumeSpec): Promise<VolumeInfo> {
    return this.#change('create', () => createVolume(this.state, spec));
  }

  async destroy(id: string): Promise<void> {
    await this.state.exclusive('destroy', async () => {
      const top = this.state.volumes.get(checkedId(id))?.top;
      // What is on its way out need not be merged first.
      if (top !== undefined) await this.coalescer.yieldTo(top);
      await destroyVolume(this.state, id);
    });
    this.coalescer.kick();
  }

  resize(id: string, sizeBytes: number): Promise<VolumeInfo> {
    return this.#change('resize', async () => {
      await this.coalescer.yieldTo(this.state.need(id).top);
      return resizeVolume(this.state, id, sizeBytes);
    });
  }

  async rename(id: string, fields: { readonly name: string; readonly description: string }): Promise<void> {
    await this.state.exclusive('rename', () => renameVolume(this.state, id, fields));
  }

  snapshot(id: string, snapshot: { readonly id: string; readonly time: string }): Promise<VolumeInfo> {
    return this.#change('snapshot', () => snapshotVolume(this.state, id, snapshot));
  }

  clone(id: string, clone: { readonly id: string; readonly name: string; readonly description: string }): Promise<VolumeInfo> {
    return this.#change('clone', () => cloneVolume(this.state, id, clone));
  }

  prepareFreeze(id: string, overlayName: string): Promise<VolumeSource> {
    return this.state.exclusive('prepare a freeze', async () => {
      await this.coalescer.yieldTo(this.state.need(id).top);
      return prepareFreeze(this.state, id, overlayName);
    });
  }

  commitFreeze(id: string, overlayName: string, snapshot?: { readonly id: string; readonly time: string }): Promise<void> {
    return this.state.exclusive('commit a freeze', () => commitFreeze(this.state, id, overlayName, snapshot));
  }

  async rollbackFreeze(id: string, overlayName: string, options: { readonly merge: boolean }): Promise<void> {
    const top = this.state.volumes.get(checkedId(id))?.top;
    if (top === undefined) return;
    await this.coalescer.yieldTo(top);
    await rollbackFreeze(this.state, id, overlayName, options);
    this.coalescer.kick();
  }

  attach(id: string, options: { readonly readOnly: boolean; readonly owner: string }): Promise<VolumeSource> {
    return this.state.exclusive('attach', async () => {
      await this.coalescer.yieldTo(this.state.need(id).top);
      return attachVolume(this.state, id, options);
    });
  }

  async detach(id: string, { owner }: { readonly owner: string }): Promise<void> {
    await this.state.exclusive('detach', () => detachVolume(this.state, id, owner));
    this.coalescer.kick();
  }

  async source(id: string): Promise<VolumeSource> {
    return this.state.source(this.state.need(id).top);
  }

  async copyTo(id: string, target: SrDriver, spec: VolumeSpec, options: LocalCopyOptions): Promise<VolumeInfo> {
    if (target instanceof LayeredSr && target.state.images === this.state.images)
      return target.state.info(await copyLocally(this, id, target, spec, options));
    await copyThroughExport(this, id, target, spec, options);
    const info = await target.volume(spec.id);
    if (!info) throw new Error(`the copy ${spec.id} vanished from its storage repository`);
    return info;
  }

  async send(id: string, layer: string | undefined, target: CopyTarget, options: CopyOptions): Promise<void> {
    await sendLayer(this, id, layer, target, options);
    this.coalescer.kick();
  }

  async compare(id: string, layer: string | undefined, target: CopyTarget, options: CompareOptions): Promise<Comparison> {
    const comparison = await compareLayer(this, id, layer, target, options);
    this.coalescer.kick();
    return comparison;
  }

  openExport(id: string, options: ExportOptions): Promise<CopyTarget> {
    return openExport(this, id, options);
  }

  closeExport(id: string): Promise<void> {
    return closeExport(this, id);
  }

  openContent(id: string, options: { readonly readOnly: boolean }): Promise<VolumeContent> {
    return openContent(this, id, options);
  }

  async exportTo(id: string, file: ExchangeFile, options: ExchangeOptions & { readonly base?: string }): Promise<void> {
    await exportFile(this, id, file, options);
    this.coalescer.kick();
  }

  importFrom(id: string, file: ExchangeFile, options: ExchangeOptions): Promise<void> {
    return importFile(this, id, file, options);
  }

  async close(): Promise<void> {
    this.#onClose();
    await this.coalescer.close();
    for (const id of this.state.exports.keys()) await closeExport(this, id);
  }

  async #change(what: string, change: () => Promise<VolumeRecord>): Promise<VolumeInfo> {
    return this.state.exclusive(what, async () => this.state.info(await change()));
  }
}
