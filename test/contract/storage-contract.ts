// What every storage driver must do, told by content: each volume's blocks are compared with what was written to it.
// Run by the simulator here and by the real driver in the lab.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockBytes } from '../support/blocks.ts';
import {
  type ExchangeFile,
  type ExchangeFormat,
  exchangeFormats,
  type SrDriver,
  type StorageDriver,
  type VolumeSource,
  type VolumeSpec,
} from '../../src/drivers/storage.ts';
import { findProgram } from '../../src/drivers/tool.ts';

export interface StorageHarness extends AsyncDisposable {
  /** A driver as a fresh process would have it, on the same state. */
  driver(): StorageDriver;
  readonly config: Readonly<Record<string, string>>;
  /** As a guest: one character into a block; empty for zeroes. */
  write(source: VolumeSource, block: number, content: string): Promise<void>;
  /** All blocks that are not zero. */
  read(source: VolumeSource): Promise<ReadonlyMap<number, string>>;
  /** Asserts that nothing is wrong with the files: no leaks, no layer too many. */
  audit(sr: SrDriver): Promise<void>;
  /** Waits until background work is done. */
  settle(sr: SrDriver): Promise<void>;
}

const srId = '6f1c5a52-7e0e-4d7e-9a52-3f1f6f5f0a01';
const fields = { name: 'disk', description: 'of a test' };
const spec = (id: string, blocks = 16, more: Partial<VolumeSpec> = {}): VolumeSpec => ({
  id,
  sizeBytes: blocks * blockBytes,
  type: 'user',
  ...fields,
  ...more,
});
const never = new AbortController().signal;
const time = '20260101T00:00:00Z';

export const storageContract = (make: () => Promise<StorageHarness>, options: { readonly propertyRuns: number }): void => {
  let harness: StorageHarness;
  let sr: SrDriver;

  const open = async (): Promise<SrDriver> => harness.driver().attach(srId, harness.config);
  const write = async (id: string, block: number, content: string): Promise<void> => harness.write(await sr.source(id), block, content);
  const content = async (id: string, of: SrDriver = sr): Promise<Record<string, string>> =>
    Object.fromEntries(await harness.read(await of.source(id)));
  const made = async (...written: [number, string][]): Promise<string> => {
    const id = randomUUID();
    await sr.create(spec(id));
    for (const [block, text] of written) await write(id, block, text);
    return id;
  };
  const snapshotOf = async (id: string): Promise<string> => {
    const snapshot = randomUUID();
    await sr.snapshot(id, { id: snapshot, time });
    return snapshot;
  };

  const setUp = async (): Promise<void> => {
    harness = await make();
    await harness.driver().create(srId, harness.config, { name: 'sr', description: '' });
    sr = await open();
  };
  const tearDown = async (): Promise<void> => {
    await sr.close();
    await harness[Symbol.asyncDispose]();
  };
  beforeEach(setUp);
  afterEach(tearDown);

  describe('repositories', () => {
    test('are made once, found by probe, and kept apart', async () => {
      const driver = harness.driver();
      await driver.create(srId, harness.config, { name: 'sr', description: '' });
      await expect(driver.create(randomUUID(), harness.config, { name: 'other', description: '' })).rejects.toMatchObject({
        kind: 'exists',
      });
      expect(await driver.probe(harness.config)).toMatchObject([{ complete: true, sr: { id: srId, name: 'sr' } }]);
      await expect(driver.attach(randomUUID(), harness.config)).rejects.toMatchObject({ kind: 'bad-config' });
      await expect(driver.probe({})).rejects.toMatchObject({ kind: 'bad-config' });
    });

    test('are not destroyed while they hold volumes', async () => {
      const id = await made();
      await expect(harness.driver().destroy(srId, harness.config)).rejects.toMatchObject({ kind: 'in-use' });
      await sr.destroy(id);
      await harness.driver().destroy(srId, harness.config);
      await harness.driver().destroy(srId, harness.config);
      await expect(harness.driver().attach(srId, harness.config)).rejects.toMatchObject({ kind: 'not-found' });
      await harness.driver().create(srId, harness.config, { name: 'sr', description: '' });
    });

    test('tell their sizes', async () => {
      await made([0, 'a']);
      await made();
      const stat = await sr.stat();
      expect(stat.virtualAllocationBytes).toBe(32 * blockBytes);
      expect(stat.physicalUtilisationBytes).toBeGreaterThanOrEqual(blockBytes);
      expect(stat.freeBytes).toBeLessThanOrEqual(stat.physicalSizeBytes);
    });
  });

  describe('volumes', () => {
    test('are the same after a restart', async () => {
      const id = await made([3, 'x']);
      const snapshot = await snapshotOf(id);
      await sr.rename(id, { name: 'new', description: 'text' });
      const before = await sr.scan();
      await sr.close();
      sr = await open();
      expect(await sr.scan()).toEqual(before);
      expect(await sr.volume(id)).toMatchObject({ name: 'new', description: 'text', isSnapshot: false });
      expect(await sr.volume(snapshot)).toMatchObject({ isSnapshot: true, readOnly: true, snapshotOf: id, snapshotTime: time });
      expect(await content(id)).toEqual({ 3: 'x' });
    });

    test.each([0, -1, 1.5, Number.NaN, 2 ** 60])('of %p bytes are refused', async sizeBytes => {
      await expect(sr.create({ ...spec(randomUUID()), sizeBytes })).rejects.toMatchObject({ kind: 'bad-config' });
      expect(await sr.scan()).toEqual([]);
    });

    test('have whole sectors', async () => {
      expect(await sr.create({ ...spec(randomUUID()), sizeBytes: 1000 })).toMatchObject({ sizeBytes: 1024 });
    });

    test.each(['', '../x', 'abc', 'A1C5A52-7e0e'])('cannot be called %p', async id => {
      await expect(sr.create(spec(id))).rejects.toMatchObject({ kind: 'bad-config' });
    });

    test('can be created and destroyed again, and not be replaced', async () => {
      const id = await made();
      expect(await sr.create(spec(id))).toMatchObject({ id });
      await expect(sr.create(spec(id, 32))).rejects.toMatchObject({ kind: 'exists' });
      await sr.destroy(id);
      await sr.destroy(id);
      expect(await sr.volume(id)).toBeUndefined();
      await expect(sr.source(id)).rejects.toMatchObject({ kind: 'not-found' });
      await harness.audit(sr);
    });

    test('grow and do not shrink', async () => {
      const id = await made([1, 'a']);
      expect(await sr.resize(id, 32 * blockBytes)).toMatchObject({ sizeBytes: 32 * blockBytes });
      await write(id, 31, 'z');
      expect(await content(id)).toEqual({ 1: 'a', 31: 'z' });
      await expect(sr.resize(id, blockBytes)).rejects.toMatchObject({ kind: 'bad-config' });
    });
  });

  describe('snapshots and clones', () => {
    test('keep the instant, share data, and go their own ways', async () => {
      const id = await made([0, 'a'], [1, 'b']);
      const snapshot = await snapshotOf(id);
      await write(id, 1, 'c');
      const clone = randomUUID();
      await sr.clone(snapshot, { id: clone, ...fields });
      await write(clone, 2, 'd');
      await write(id, 0, '');
      expect(await content(snapshot)).toEqual({ 0: 'a', 1: 'b' });
      expect(await content(id)).toEqual({ 1: 'c' });
      expect(await content(clone)).toEqual({ 0: 'a', 1: 'b', 2: 'd' });
      const layers = await Promise.all([id, snapshot, clone].map(async v => (await sr.volume(v))?.layers ?? []));
      expect(new Set(layers.map(l => l.at(-1))).size).toBe(1);
      await harness.audit(sr);
    });

    test('of a volume taken twice are one', async () => {
      const id = await made([0, 'a']);
      const snapshot = await snapshotOf(id);
      await sr.snapshot(id, { id: snapshot, time });
      expect(await sr.scan()).toHaveLength(2);
    });

    test('give their space back, and the chain grows short again', async () => {
      const id = await made([0, 'a']);
      for (let i = 1; i < 5; i += 1) {
        const snapshot = await snapshotOf(id);
        // As a guest does: merging in the background leaves alone what somebody holds.
        await sr.attach(id, { readOnly: false, owner: 'vm' });
        await write(id, i, String(i));
        await sr.detach(id, { owner: 'vm' });
        await sr.destroy(snapshot);
      }
      await harness.settle(sr);
      expect((await sr.volume(id))?.layers).toHaveLength(1);
      expect(await content(id)).toEqual({ 0: 'a', 1: '1', 2: '2', 3: '3', 4: '4' });
      await harness.audit(sr);
    });

    test('are taken of a volume that is grown between', async () => {
      const id = await made([0, 'a']);
      const snapshot = await snapshotOf(id);
      await sr.resize(id, 32 * blockBytes);
      await write(id, 30, 'z');
      await sr.destroy(snapshot);
      await harness.settle(sr);
      expect(await content(id)).toEqual({ 0: 'a', 30: 'z' });
    });

    test('are not taken while a guest writes', async () => {
      const id = await made();
      await sr.attach(id, { readOnly: false, owner: 'vm' });
      for (const attempt of [sr.snapshot(id, { id: randomUUID(), time }), sr.clone(id, { id: randomUUID(), ...fields }), sr.destroy(id)])
        await expect(attempt).rejects.toMatchObject({ kind: 'in-use', details: { owner: 'vm' } });
    });
  });

  describe('attachment', () => {
    test('admits one writer, whom the error names, across a restart', async () => {
      const id = await made();
      await sr.attach(id, { readOnly: false, owner: 'vm1' });
      await sr.attach(id, { readOnly: false, owner: 'vm1' });
      await sr.close();
      sr = await open();
      for (const readOnly of [true, false])
        await expect(sr.attach(id, { readOnly, owner: 'vm2' })).rejects.toMatchObject({
          kind: 'in-use',
          message: expect.stringContaining('vm1'),
        });
      await sr.detach(id, { owner: 'vm2' });
      await sr.detach(id, { owner: 'vm1' });
      await sr.detach(id, { owner: 'vm1' });
      await sr.attach(id, { readOnly: false, owner: 'vm2' });
    });

    test('admits many readers and then no writer', async () => {
      const id = await made();
      await sr.attach(id, { readOnly: true, owner: 'vm1' });
      await sr.attach(id, { readOnly: true, owner: 'vm2' });
      await expect(sr.attach(id, { readOnly: false, owner: 'vm3' })).rejects.toMatchObject({ kind: 'in-use' });
    });

    test('of a snapshot is for reading', async () => {
      const snapshot = await snapshotOf(await made());
      await expect(sr.attach(snapshot, { readOnly: false, owner: 'vm' })).rejects.toMatchObject({ kind: 'bad-state' });
      await sr.attach(snapshot, { readOnly: true, owner: 'vm' });
    });
  });

  describe('a freeze', () => {
    const overlay = randomUUID();

    const frozen = async (): Promise<{ id: string; over: VolumeSource }> => {
      const id = await made([0, 'a'], [1, 'b']);
      await sr.attach(id, { readOnly: false, owner: 'vm' });
      const over = await sr.prepareFreeze(id, overlay);
      expect(await sr.prepareFreeze(id, overlay)).toEqual(over);
      return { id, over };
    };

    test('goes on with the overlay and leaves a snapshot', async () => {
      const { id, over } = await frozen();
      await harness.write(over, 1, 'c');
      const snapshot = { id: randomUUID(), time };
      await sr.commitFreeze(id, overlay, snapshot);
      await sr.commitFreeze(id, overlay, snapshot);
      expect(await content(id)).toEqual({ 0: 'a', 1: 'c' });
      expect(await content(snapshot.id)).toEqual({ 0: 'a', 1: 'b' });
      expect((await sr.source(id)).path).toBe(over.path);
      await sr.detach(id, { owner: 'vm' });
      await harness.audit(sr);
    });

    test.each([true, false])('that never happened leaves nothing (committed: %p)', async committed => {
      const { id } = await frozen();
      if (committed) await sr.commitFreeze(id, overlay, { id: randomUUID(), time });
      await sr.rollbackFreeze(id, overlay, { merge: false });
      await sr.rollbackFreeze(id, overlay, { merge: false });
      await sr.detach(id, { owner: 'vm' });
      expect(await content(id)).toEqual({ 0: 'a', 1: 'b' });
      expect(await sr.scan()).toHaveLength(1);
      expect((await sr.volume(id))?.layers).toHaveLength(1);
      await harness.audit(sr);
    });

    test.each([true, false])('is undone with what the guest wrote since (committed: %p)', async committed => {
      const { id, over } = await frozen();
      await harness.write(over, 2, 'c');
      await harness.write(over, 0, '');
      if (committed) await sr.commitFreeze(id, overlay);
      await sr.close();
      sr = await open();
      await sr.rollbackFreeze(id, overlay, { merge: true });
      await sr.rollbackFreeze(id, overlay, { merge: true });
      await sr.detach(id, { owner: 'vm' });
      expect(await content(id)).toEqual({ 1: 'b', 2: 'c' });
      expect((await sr.volume(id))?.layers).toHaveLength(1);
      await harness.audit(sr);
    });

    test('that nobody finishes loses nothing', async () => {
      const { id, over } = await frozen();
      await harness.write(over, 5, 'e');
      await sr.detach(id, { owner: 'vm' });
      await sr.close();
      sr = await open();
      await sr.scan();
      await sr.attach(id, { readOnly: false, owner: 'vm2' });
      expect(await content(id)).toEqual({ 0: 'a', 1: 'b', 5: 'e' });
    });

    test('is not undone under a clone of its snapshot', async () => {
      const { id } = await frozen();
      const snapshot = { id: randomUUID(), time };
      await sr.commitFreeze(id, overlay, snapshot);
      const clone = randomUUID();
      await sr.clone(snapshot.id, { id: clone, ...fields });
      await expect(sr.rollbackFreeze(id, overlay, { merge: true })).rejects.toMatchObject({ kind: 'in-use' });
      expect(await content(clone)).toEqual({ 0: 'a', 1: 'b' });
    });

    test('is one at a time', async () => {
      const { id } = await frozen();
      await expect(sr.prepareFreeze(id, randomUUID())).rejects.toMatchObject({ kind: 'bad-state' });
      await expect(sr.commitFreeze(id, randomUUID())).rejects.toMatchObject({ kind: 'bad-state' });
      await sr.rollbackFreeze(id, randomUUID(), { merge: true });
    });
  });

  describe('content that moves', () => {
    test('arrives layer by layer with its zeroes, on the same layers', async () => {
      const id = await made([0, 'a'], [1, 'b'], [2, 'c']);
      const snapshot = await snapshotOf(id);
      await write(id, 1, '');
      await write(id, 3, 'd');
      const [base, copy] = [randomUUID(), randomUUID()];
      await sr.create(spec(base, 16, { snapshotOf: id, snapshotTime: time }));
      const progress: number[] = [];
      const onProgress = (p: { doneBytes: number; totalBytes: number }): void => void progress.push(p.doneBytes / (p.totalBytes || 1));
      await sr.send(snapshot, undefined, await sr.openExport(base, { address: '127.0.0.1' }), { what: 'all', signal: never, onProgress });
      await sr.closeExport(base);
      const onLayer = (await sr.volume(base))?.layers[0] ?? '';
      await sr.create(spec(copy, 16, { onLayer }));
      const target = await sr.openExport(copy, { address: '127.0.0.1' });
      expect(await sr.openExport(copy, { address: '127.0.0.1' })).toEqual(target);
      await sr.send(id, undefined, target, { what: 'layer', signal: never });
      await sr.closeExport(copy);
      await sr.closeExport(copy);
      expect(await content(base)).toEqual({ 0: 'a', 1: 'b', 2: 'c' });
      expect(await content(copy)).toEqual({ 0: 'a', 2: 'c', 3: 'd' });
      expect((await sr.volume(copy))?.layers).toHaveLength(2);
      expect(progress.at(-1)).toBe(1);
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      await harness.audit(sr);
    });

    test('is copied whole to a new volume, also a larger one', async () => {
      const id = await made([0, 'a']);
      await snapshotOf(id);
      await write(id, 1, 'b');
      const copy = randomUUID();
      expect(await sr.copyTo(id, sr, spec(copy, 32), { signal: never })).toMatchObject({ sizeBytes: 32 * blockBytes });
      expect(await content(copy)).toEqual({ 0: 'a', 1: 'b' });
      expect((await sr.volume(copy))?.layers).toHaveLength(1);
      await expect(sr.copyTo(id, sr, spec(randomUUID(), 1), { signal: never })).rejects.toMatchObject({ kind: 'bad-config' });
      await harness.audit(sr);
    });

    test('of an aborted copy leaves nothing', async () => {
      const id = await made([0, 'a']);
      const reason = new Error('enough');
      const copy = randomUUID();
      await expect(sr.copyTo(id, sr, spec(copy), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(await sr.volume(copy)).toBeUndefined();
      await harness.audit(sr);
    });

    test('to a volume that guests or exports use is refused', async () => {
      const id = await made();
      await sr.attach(id, { readOnly: false, owner: 'vm' });
      await expect(sr.openExport(id, { address: '127.0.0.1' })).rejects.toMatchObject({ kind: 'in-use' });
      await sr.detach(id, { owner: 'vm' });
      await sr.openExport(id, { address: '127.0.0.1' });
      for (const attempt of [sr.attach(id, { readOnly: false, owner: 'vm' }), sr.destroy(id), sr.snapshot(id, { id: randomUUID(), time })])
        await expect(attempt).rejects.toMatchObject({ kind: 'in-use' });
      await sr.closeExport(id);
      const parent = await made();
      await sr.clone(await snapshotOf(parent), { id: randomUUID(), ...fields });
    });

    test('is compared with what the other side shows, while both are in use', async () => {
      const id = await made([0, 'a'], [1, 'b']);
      const snapshot = await snapshotOf(id);
      await write(id, 1, '');
      await write(id, 3, 'd');
      const same = randomUUID();
      await sr.copyTo(id, sr, spec(same, 32), { signal: never });
      for (const [volume, owner] of [
        [id, 'here'],
        [same, 'there'],
      ] as const)
        await sr.attach(volume, { readOnly: false, owner });
      const shown = await sr.openExport(same, { address: '127.0.0.1', readOnly: true });
      expect(await sr.openExport(same, { address: '127.0.0.1', readOnly: true })).toEqual(shown);
      expect(await sr.compare(id, undefined, shown, { signal: never })).toEqual({ equal: true });
      const below = (await sr.volume(snapshot))?.layers[0];
      expect(await sr.compare(id, below, shown, { signal: never })).toEqual({ equal: false, firstDifferenceBytes: blockBytes });
      await expect(sr.openExport(same, { address: '127.0.0.1' })).rejects.toMatchObject({ kind: 'in-use' });
      await expect(sr.send(snapshot, undefined, shown, { what: 'all', signal: never })).rejects.toThrow();
      await sr.closeExport(same);
      await write(same, 20, 'x');
      const changed = await sr.openExport(same, { address: '127.0.0.1', readOnly: true });
      expect(await sr.compare(id, undefined, changed, { signal: never })).toEqual({
        equal: false,
        firstDifferenceBytes: 20 * blockBytes,
      });
      await sr.closeExport(same);
      await expect(sr.compare(id, undefined, changed, { signal: never })).rejects.toMatchObject({ kind: 'unreachable' });
      const reason = new Error('enough');
      await expect(sr.compare(id, undefined, changed, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(await content(same)).toEqual({ 0: 'a', 3: 'd', 20: 'x' });
      for (const [volume, owner] of [
        [id, 'here'],
        [same, 'there'],
      ] as const)
        await sr.detach(volume, { owner });
      await harness.audit(sr);
    });

    test('of a snapshot that shares its data is shown', async () => {
      const id = await made([0, 'a']);
      const snapshot = await snapshotOf(id);
      const shown = await sr.openExport(snapshot, { address: '127.0.0.1', readOnly: true });
      expect(await sr.compare(id, undefined, shown, { signal: never })).toEqual({ equal: true });
      await expect(sr.destroy(snapshot)).rejects.toMatchObject({ kind: 'in-use' });
      await sr.closeExport(snapshot);
      await harness.audit(sr);
    });

    test('to nobody fails as unreachable', async () => {
      const id = await made([0, 'a']);
      const other = await made();
      const target = await sr.openExport(other, { address: '127.0.0.1' });
      await sr.closeExport(other);
      await expect(sr.send(id, undefined, target, { what: 'all', signal: never })).rejects.toMatchObject({ kind: 'unreachable' });
    });

    test('from a layer that the volume does not have is refused', async () => {
      const [id, other] = [await made(), await made()];
      const target = await sr.openExport(other, { address: 'unix' });
      await expect(sr.send(id, `${randomUUID()}.qcow2`, target, { what: 'layer', signal: never })).rejects.toMatchObject({
        kind: 'not-found',
      });
    });
  });

  describe('files', () => {
    const whole = (blocks: Readonly<Record<number, string>>, count = 16): Buffer => {
      const bytes = Buffer.alloc(count * blockBytes);
      for (const [block, text] of Object.entries(blocks)) bytes.fill(text, Number(block) * blockBytes, (Number(block) + 1) * blockBytes);
      return bytes;
    };
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'xcp-exchange-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));
    const fileOf = (format: ExchangeFormat, name = 'disk'): ExchangeFile => ({ path: join(folder, `${name}.${format}`), format });
    const bytesOf = async (id: string): Promise<Buffer> => {
      const file = fileOf('raw', randomUUID());
      await sr.exportTo(id, file, { signal: never });
      return readFile(file.path);
    };
    const bigger = async (): Promise<string> => {
      const id = randomUUID();
      await sr.create(spec(id, 48));
      return id;
    };
    const filled = async (bytes: Buffer, id?: string): Promise<string> => {
      const volume = id ?? (await made());
      const file = fileOf('raw', randomUUID());
      await writeFile(file.path, bytes);
      await sr.importFrom(volume, file, { signal: never });
      return volume;
    };

    test.each(exchangeFormats)('of format %s go out and come in again', async format => {
      if (format !== 'raw' && (await findProgram('qemu-img')) === undefined) return;
      const bytes = whole({ 0: 'a', 3: 'xyz', 15: 'b' });
      const id = await filled(bytes);
      const fractions: number[] = [];
      await sr.exportTo(id, fileOf(format), { signal: never, onFraction: fraction => void fractions.push(fraction) });
      expect(fractions.at(-1)).toBe(1);
      const other = await made([1, 'o'], [3, 'p']);
      await sr.importFrom(other, fileOf(format), { signal: never });
      expect((await bytesOf(other)).equals(bytes)).toBe(true);
      expect(await readdir(folder)).toHaveLength(3);
      await harness.audit(sr);
    });

    test('show a volume through all its layers, and change only that one', async () => {
      const id = await filled(whole({ 0: 'a', 1: 'b' }));
      const snapshot = await snapshotOf(id);
      await filled(whole({ 1: 'c' }), id);
      expect((await bytesOf(id)).equals(whole({ 1: 'c' }))).toBe(true);
      expect((await bytesOf(snapshot)).equals(whole({ 0: 'a', 1: 'b' }))).toBe(true);
    });

    test('of differences stand on those of the base, by whatever layers', async () => {
      if ((await findProgram('qemu-img')) === undefined) return;
      const common = { 0: 'a', 8: 'k', 9: 'k', 10: 'k', 11: 'k', 12: 'k', 13: 'k' };
      const id = await filled(whole({ ...common, 1: 'b', 5: 'c' }));
      const base = await snapshotOf(id);
      await filled(whole({ ...common, 1: 'x', 6: 'y' }), id);
      await snapshotOf(id);
      await filled(whole({ ...common, 1: 'x', 6: 'y', 7: 'z' }), id);
      await sr.exportTo(base, { path: join(folder, `${base}.qcow2`), format: 'qcow2' }, { signal: never });
      const file = fileOf('qcow2', 'difference');
      await sr.exportTo(id, file, { signal: never, base });
      const small = await stat(file.path);
      expect(small.size).toBeLessThan(11 * blockBytes);
      execFileSync('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', file.path, join(folder, 'both.raw')]);
      expect((await readFile(join(folder, 'both.raw'))).equals(whole({ ...common, 1: 'x', 6: 'y', 7: 'z' }))).toBe(true);
      await expect(sr.exportTo(id, fileOf('vhd'), { signal: never, base })).rejects.toMatchObject({ kind: 'unsupported' });
      await expect(sr.exportTo(id, fileOf('qcow2', 'none'), { signal: never, base: randomUUID() })).rejects.toMatchObject({
        kind: 'not-found',
      });
      await harness.audit(sr);
    });

    test('that are smaller leave the rest as it was', async () => {
      const id = await filled(whole({ 1: 'a', 2: 'b' }));
      await filled(whole({ 0: 'n' }).subarray(0, blockBytes + 512), id);
      const expected = whole({ 0: 'n', 1: 'a', 2: 'b' });
      expected.fill(0, blockBytes, blockBytes + 512);
      expect((await bytesOf(id)).equals(expected)).toBe(true);
    });

    test('neither go out nor come in while a guest writes', async () => {
      const id = await filled(whole({ 1: 'a' }));
      await sr.attach(id, { readOnly: false, owner: 'vm' });
      await expect(bytesOf(id)).rejects.toMatchObject({ kind: 'in-use' });
      await expect(filled(whole({}), id)).rejects.toMatchObject({ kind: 'in-use' });
      await sr.detach(id, { owner: 'vm' });
      await sr.attach(id, { readOnly: true, owner: 'vm' });
      expect((await bytesOf(id)).equals(whole({ 1: 'a' }))).toBe(true);
      await expect(filled(whole({}), id)).rejects.toMatchObject({ kind: 'in-use' });
    });

    test('can be made by this process, from what it reads, and the other way round', async () => {
      const id = await filled(whole({ 2: 'a', 3: 'b' }, 48), await bigger());
      const snapshot = await snapshotOf(id);
      const content = await sr.openContent(id, { readOnly: true });
      await expect(sr.openContent(id, { readOnly: true })).rejects.toMatchObject({ kind: 'in-use' });
      await expect(sr.attach(id, { readOnly: false, owner: 'vm' })).rejects.toMatchObject({ kind: 'in-use' });
      expect(content.sizeBytes).toBe(48 * blockBytes);
      expect(await content.extents({ signal: never })).toEqual([{ offsetBytes: 0, lengthBytes: 16 * blockBytes }]);
      const [part, none] = await Promise.all([content.read(3 * blockBytes - 2, 4), content.read(32 * blockBytes, 10)]);
      expect([part.toString(), none]).toEqual(['aabb', Buffer.alloc(10)]);
      const version = await content.version();
      expect(version).toMatch(/^\w+$/);
      await content.close();
      await content.close();
      const again = await sr.openContent(id, { readOnly: true });
      expect(await again.version()).toBe(version);
      await again.close();
      const target = await sr.openContent(id, { readOnly: false });
      await expect(sr.destroy(id)).rejects.toMatchObject({ kind: 'in-use' });
      await Promise.all([
        target.write(3 * blockBytes - 1, Buffer.from('xyz')),
        target.write(40 * blockBytes, Buffer.alloc(blockBytes, 'q')),
      ]);
      await target.close();
      const later = await sr.openContent(id, { readOnly: true });
      expect(await later.version()).not.toBe(version);
      await later.close();
      const expected = whole({ 2: 'a', 3: 'b', 40: 'q' }, 48);
      expected.write('xyz', 3 * blockBytes - 1);
      expect((await bytesOf(id)).equals(expected)).toBe(true);
      expect((await bytesOf(snapshot)).equals(whole({ 2: 'a', 3: 'b' }, 48))).toBe(true);
      await expect(sr.openContent(snapshot, { readOnly: false })).rejects.toMatchObject({ kind: 'in-use' });
      await harness.audit(sr);
    });

    test('that are given up let go of the volume', async () => {
      const id = await filled(whole({ 1: 'a' }));
      const reason = new Error('enough');
      const signal = AbortSignal.abort(reason);
      await expect(sr.exportTo(id, fileOf('raw'), { signal })).rejects.toBe(reason);
      await writeFile(fileOf('raw').path, whole({ 2: 'b' }));
      await expect(sr.importFrom(id, fileOf('raw'), { signal })).rejects.toBe(reason);
      await sr.attach(id, { readOnly: false, owner: 'vm' });
      await sr.detach(id, { owner: 'vm' });
      await sr.destroy(id);
      await harness.audit(sr);
    });
  });

  test('any sequence of changes keeps the content of every volume', async () => {
    const command = fc.record({
      verb: fc.constantFrom(
        'create',
        'write',
        'write',
        'write',
        'snapshot',
        'clone',
        'destroy',
        'resize',
        'freeze',
        'unfreeze',
        'scan',
        'restart',
      ),
      pick: fc.nat(),
      block: fc.nat(15),
      text: fc.constantFrom('', 'p', 'q', 'r'),
    });
    await fc.assert(
      fc
        .asyncProperty(fc.array(command, { minLength: 3, maxLength: 14 }), async commands => {
          const model = new Map<string, { blocks: Map<number, string>; frozen: boolean; size: number }>();
          for (const { verb, pick, block, text } of commands) {
            const [id = randomUUID(), volume] = [...model][pick % Math.max(1, model.size)] ?? [];
            const fresh = randomUUID();
            const copied = () => ({ blocks: new Map(volume?.blocks), frozen: false, size: volume?.size ?? 16 });
            if (verb === 'create') {
              await sr.create(spec(fresh));
              model.set(fresh, { blocks: new Map(), frozen: false, size: 16 });
            } else if (verb === 'scan') await sr.scan();
            else if (verb === 'restart') {
              await sr.close();
              sr = await open();
            } else if (!volume) continue;
            else if (verb === 'write' && !volume.frozen) {
              await harness.write(await sr.attach(id, { readOnly: false, owner: 'vm' }), block, text);
              await sr.detach(id, { owner: 'vm' });
              volume.blocks.set(block, text);
            } else if (verb === 'snapshot') {
              await sr.snapshot(id, { id: fresh, time });
              model.set(fresh, { ...copied(), frozen: true });
            } else if (verb === 'clone') {
              await sr.clone(id, { id: fresh, ...fields });
              model.set(fresh, copied());
            } else if (verb === 'destroy') {
              await sr.destroy(id);
              model.delete(id);
            } else if (verb === 'resize' && !volume.frozen) {
              volume.size += 4;
              await sr.resize(id, volume.size * blockBytes);
            } else if ((verb === 'freeze' || verb === 'unfreeze') && !volume.frozen) {
              const overlay = randomUUID();
              await sr.attach(id, { readOnly: false, owner: 'vm' });
              await harness.write(await sr.prepareFreeze(id, overlay), block, text);
              if (pick % 2 === 0) await sr.commitFreeze(id, overlay);
              if (verb === 'unfreeze') await sr.rollbackFreeze(id, overlay, { merge: true });
              await sr.detach(id, { owner: 'vm' });
              volume.blocks.set(block, text);
            }
          }
          // An attachment finishes a freeze that nobody came back for.
          for (const id of model.keys()) {
            await sr.attach(id, { readOnly: true, owner: 'reader' });
            await sr.detach(id, { owner: 'reader' });
          }
          await harness.settle(sr);
          for (const [id, { blocks }] of model)
            expect([id, await content(id)]).toEqual([id, Object.fromEntries([...blocks].filter(([, text]) => text !== ''))]);
          expect((await sr.scan()).map(v => v.id).sort()).toEqual([...model.keys()].sort());
          await harness.audit(sr);
          for (const id of model.keys()) await sr.destroy(id);
          await harness.settle(sr);
          expect(await sr.scan()).toEqual([]);
        })
        .beforeEach(async previous => {
          await previous();
          await tearDown();
          await setUp();
        }),
      { numRuns: options.propertyRuns },
    );
  });
};
