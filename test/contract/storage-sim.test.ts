// The simulated storage against the contract.

import { describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimStorage, type SimStorage } from '../../src/drivers/storage/sim/driver.ts';
import { LayeredSr } from '../../src/drivers/storage/layered/sr.ts';
import { storageContract, type StorageHarness } from './storage-contract.ts';

const make = async (): Promise<StorageHarness> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'xcp-sim-storage-'));
  let current: SimStorage = createSimStorage({ stateDir });
  return {
    config: { location: '/sim/sr' },
    driver: () => (current = createSimStorage({ stateDir })),
    write: ({ path }, block, content) => current.write(path, block, content),
    read: async ({ path }) => current.disks.content(path),
    async settle(sr) {
      if (sr instanceof LayeredSr) await sr.coalescer.settled();
    },
    async audit(sr) {
      const needed = new Set((await sr.scan()).flatMap(volume => volume.layers));
      expect(current.disks.namesIn('/sim/sr').filter(name => !needed.has(name))).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      await rm(stateDir, { recursive: true, force: true });
    },
  };
};

describe('simulated storage', () => {
  storageContract(make, { propertyRuns: 200 });

  test('is full at its capacity', async () => {
    const driver = createSimStorage({ capacityBytes: 2 * 65_536 });
    const [id, volume] = [randomUUID(), randomUUID()];
    await driver.create(id, { location: '/a' }, { name: 'a', description: '' });
    const sr = await driver.attach(id, { location: '/a' });
    await sr.create({ id: volume, sizeBytes: 1 << 20, name: '', description: '', type: 'user' });
    const { path } = await sr.source(volume);
    driver.disks.write(path, 0, 'a');
    driver.disks.write(path, 1, 'b');
    expect(() => driver.disks.write(path, 2, 'c')).toThrow(expect.objectContaining({ kind: 'no-space' }));
  });

  test('fails as its rules say', async () => {
    const error = { kind: 'no-space', message: 'the disk is full' } as const;
    const driver = createSimStorage({ faults: [{ method: 'image.create', skip: 1, count: 1, error }] });
    const id = randomUUID();
    await driver.create(id, { location: '/a' }, { name: 'a', description: '' });
    const sr = await driver.attach(id, { location: '/a' });
    const create = () => sr.create({ id: randomUUID(), sizeBytes: 1 << 20, name: '', description: '', type: 'user' });
    await create();
    await expect(create()).rejects.toMatchObject(error);
    await create();
    expect(await sr.scan()).toHaveLength(2);
  });

  test('ends the merge of layers whose volume is destroyed, rather than let it run into what is gone', async () => {
    const driver = createSimStorage({ faults: [{ method: 'image.merge', delayMs: 600_000 }] });
    const [id, volume, snapshot] = [randomUUID(), randomUUID(), randomUUID()];
    await driver.create(id, { location: '/a' }, { name: 'a', description: '' });
    const sr = await driver.attach(id, { location: '/a' });
    await sr.create({ id: volume, sizeBytes: 1 << 20, name: '', description: '', type: 'user' });
    await sr.snapshot(volume, { id: snapshot, time: '20260101T00:00:00Z' });
    await sr.destroy(snapshot);
    await sr.destroy(volume);
    if (sr instanceof LayeredSr) await sr.coalescer.settled();
    expect(await sr.scan()).toEqual([]);
    expect(driver.disks.namesIn('/a')).toEqual([]);
  });
});
