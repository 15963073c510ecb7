// Content on the move: sent to another host, received from one, copied on this one. The copies run outside the SR's lock with their
// layers pinned, so that no clean-up or merge touches them.

import { DriverError, type TransferProgress } from '../../hypervisor.ts';
import type {
  Comparison,
  CopyOptions,
  CopyTarget,
  ExchangeFile,
  ExchangeOptions,
  SrDriver,
  VolumeContent,
  VolumeSpec,
} from '../../storage.ts';
import type { Coalescer } from './coalesce.ts';
import { chainOf, childrenOf, type LayerName } from './graph.ts';
import type { VolumeRecord } from './record.ts';
import { refuseWhileOpen, refuseWhileReceived, refuseWhileWritten, type SrState } from './state.ts';
import { checkedSize, recordOf } from './volumes.ts';

interface Sr {
  readonly state: SrState;
  readonly coalescer: Coalescer;
}

/** Finds a layer, and keeps it and all below from being merged or deleted until disposed of. `still`: refuses one that is written to. */
const reserveLayer = (
  sr: Sr,
  id: string,
  wanted: string | undefined,
  { still } = { still: true },
): Promise<{ readonly layer: LayerName } & Disposable> =>
  sr.state.exclusive('read a layer', async () => {
    const { state } = sr;
    const record = state.need(id);
    const chain = chainOf(state.layers, record.top);
    const layer = wanted === undefined ? record.top : chain.find(name => name === wanted || state.directory.layerPath(name) === wanted);
    if (layer === undefined) throw new DriverError('not-found', `volume ${id} has no layer "${wanted}"`);
    // While a freeze is under way the top is the frozen layer, or the images' own locks say that it is not.
    if (still && layer === record.top && record.freeze === undefined) refuseWhileWritten(state, record, 'send');
    await sr.coalescer.yieldTo(record.top);
    const pin = state.pin(chainOf(state.layers, layer));
    return { layer, [Symbol.dispose]: () => pin[Symbol.dispose]() };
  });

export const sendLayer = async (
  sr: Sr,
  id: string,
  wanted: string | undefined,
  target: CopyTarget,
  options: CopyOptions,
): Promise<void> => {
  using reserved = await reserveLayer(sr, id, wanted);
  const { directory, layers } = sr.state;
  const { layer } = reserved;
  const chain = chainOf(layers, layer);
  const sent = options.what === 'layer' ? [layer] : chain;
  let expectedBytes = 0;
  for (const name of sent) expectedBytes += await directory.layerBytes(name);
  const { virtualSizeBytes } = await directory.readLayer(layer);
  const [, below] = chain;
  const source = {
    ...sr.state.file(layer),
    expectedBytes: Math.min(expectedBytes, virtualSizeBytes),
    ...(below !== undefined && { below: sr.state.file(below) }),
  };
  await sr.state.images.send(source, target, options);
};

export type CompareOptions = Pick<CopyOptions, 'tls' | 'signal'>;

export const compareLayer = async (
  sr: Sr,
  id: string,
  wanted: string | undefined,
  target: CopyTarget,
  options: CompareOptions,
): Promise<Comparison> => {
  using reserved = await reserveLayer(sr, id, wanted, { still: false });
  return sr.state.images.compare(sr.state.file(reserved.layer), target, options);
};

export interface ExportOptions extends Pick<CopyOptions, 'tls'> {
  readonly address: string;
  readonly readOnly?: boolean;
}

export const openExport = (sr: Sr, id: string, { address, tls, readOnly = false }: ExportOptions): Promise<CopyTarget> =>
  sr.state.exclusive('open an export', async () => {
    const { state } = sr;
    const record = state.need(id);
    const key = JSON.stringify([address, tls ?? null, readOnly]);
    const open = state.exports.get(id);
    if (open?.key === key && open.target !== undefined) return open.target;
    if (readOnly) refuseWhileReceived(state, record, 'show');
    else refuseUnlessAlone(state, record);
    await sr.coalescer.yieldTo(record.top);
    const opened = await state.images.openExport({ ...state.file(record.top), name: id, address, readOnly, ...(tls && { tls }) });
    state.exports.set(id, { ...opened, key });
    return opened.target;
  });

export const openContent = (sr: Sr, id: string, { readOnly }: { readonly readOnly: boolean }): Promise<VolumeContent> =>
  sr.state.exclusive('open the content', async () => {
    const { state } = sr;
    const record = state.need(id);
    if (readOnly) refuseWhileWritten(state, record, 'read');
    else refuseUnlessAlone(state, record);
    await sr.coalescer.yieldTo(record.top);
    const content = await state.images.openContent({ ...state.file(record.top), name: id, readOnly });
    // Nothing is ever asked for by this key: a second reader is refused.
    const mine = { key: 'content', close: () => content.close() };
    state.exports.set(id, mine);
    const close = async (): Promise<void> => {
      if (state.exports.get(id) === mine) await closeExport(sr, id);
    };
    return { ...content, close };
  });

/** For an export that is written to. */
const refuseUnlessAlone = (state: SrState, record: VolumeRecord): void => {
  refuseWhileOpen(state, record, 'receive');
  const shared =
    childrenOf(state.layers, record.top).length > 0 || [...state.volumes.values()].some(v => v.id !== record.id && v.top === record.top);
  if (shared) throw new DriverError('in-use', `volume ${record.id} shares its data with others by now and cannot be written`);
};

/** Idempotent. Resolves when the image is closed and durable; a daemon that died before is told once. */
export const closeExport = (sr: Sr, id: string): Promise<void> =>
  sr.state.exclusive('close an export', async () => {
    const open = sr.state.exports.get(id);
    if (!open) return;
    sr.state.exports.delete(id);
    await open.close();
    sr.coalescer.kick();
  });

export const exportFile = async (
  sr: Sr,
  id: string,
  file: ExchangeFile,
  { base, ...options }: ExchangeOptions & { readonly base?: string },
): Promise<void> => {
  if (base !== undefined && file.format !== 'qcow2')
    throw new DriverError('unsupported', `a ${file.format} file cannot stand on another: differences are written as qcow2`);
  using reserved = await reserveLayer(sr, id, undefined);
  const source = sr.state.file(reserved.layer);
  if (base === undefined) return await sr.state.images.exportFile(source, file, options);
  using below = await reserveLayer(sr, base, undefined);
  const standsOn = { ...sr.state.file(below.layer), name: `${base}.qcow2` };
  await sr.state.images.exportFile(source, file, { ...options, base: standsOn });
};

export const importFile = async (sr: Sr, id: string, file: ExchangeFile, options: ExchangeOptions): Promise<void> => {
  const target = await openExport(sr, id, { address: 'unix' });
  try {
    await sr.state.images.importFile(file, sr.state.file(sr.state.need(id).top), target, options);
  } finally {
    await closeExport(sr, id);
  }
};

export interface LocalCopyOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: TransferProgress) => void;
}

/** A new volume of this SR filled by `fill`; it becomes a volume only when its content is whole and durable. */
export const importVolume = async (sr: Sr, spec: VolumeSpec, fill: (path: string) => Promise<void>): Promise<VolumeRecord> => {
  const { state } = sr;
  const sizeBytes = checkedSize(spec.sizeBytes);
  using stack = new DisposableStack();
  const top = await state.exclusive('copy a volume', async () => {
    if (state.volumes.has(spec.id)) throw new DriverError('exists', `there is already a volume ${spec.id} in this storage repository`);
    const name = await state.newLayer(sizeBytes);
    stack.use(state.pin([name]));
    return name;
  });
  try {
    await fill(state.directory.layerPath(top));
    return await state.exclusive('copy a volume', () => state.save(recordOf(spec, top, sizeBytes)));
  } finally {
    stack.dispose();
    await state.exclusive('copy a volume', () => state.collect());
  }
};

/** Copies within this driver: straight into the new image. */
export const copyLocally = async (from: Sr, id: string, to: Sr, spec: VolumeSpec, options: LocalCopyOptions): Promise<VolumeRecord> => {
  using reserved = await reserveLayer(from, id, undefined);
  const source = await from.state.source(reserved.layer);
  if (spec.sizeBytes < source.sizeBytes)
    throw new DriverError('bad-config', `the copy of ${source.sizeBytes} bytes does not fit into ${spec.sizeBytes}`);
  const totalBytes = source.sizeBytes;
  const onFraction = (fraction: number): void => options.onProgress?.({ doneBytes: Math.round(fraction * totalBytes), totalBytes });
  return importVolume(to, spec, path => to.state.images.copy(source, path, { signal: options.signal, onFraction }));
};

/** Copies into an SR of another kind: through an export of it on a socket of this host. */
export const copyThroughExport = async (from: Sr, id: string, to: SrDriver, spec: VolumeSpec, options: LocalCopyOptions): Promise<void> => {
  await to.create(spec);
  try {
    const target = await to.openExport(spec.id, { address: 'unix' });
    try {
      await sendLayer(from, id, undefined, target, { ...options, what: 'all' });
    } finally {
      await to.closeExport(spec.id);
    }
  } catch (error) {
    await to.destroy(spec.id);
    throw error;
  }
};
