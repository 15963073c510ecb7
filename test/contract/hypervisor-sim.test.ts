// The simulator keeps the hypervisor's contract; and what only it can do.

import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimHypervisor, type SimHypervisor } from '../../src/drivers/hypervisor/sim/driver.ts';
import type { GuestSpec } from '../../src/drivers/hypervisor.ts';
import type { VolumeSource } from '../../src/drivers/storage.ts';
import { hypervisorContract } from './hypervisor-contract.ts';

const volume = (below?: VolumeSource): VolumeSource => ({
  format: 'qcow2',
  path: `/simulated/${randomUUID()}`,
  sizeBytes: 64 << 20,
  chain: below ? [{ format: below.format, path: below.path }, ...below.chain] : [],
});

hypervisorContract('sim', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'xcp-sim-'));
  const stateDir = join(directory, 'here');
  const drivers: SimHypervisor[] = [createSimHypervisor({ stateDir }), createSimHypervisor({ stateDir: join(directory, 'there') })];
  const [here, there] = drivers;
  if (here === undefined || there === undefined) throw new Error('two drivers were made');
  return {
    here,
    there,
    reopenHere() {
      const again = createSimHypervisor({ stateDir });
      drivers.push(again);
      return Promise.resolve(again);
    },
    volume: below => Promise.resolve(volume(below)),
    copy: () => Promise.resolve(volume()),
    boot: { kind: 'firmware', firmware: 'bios', order: 'cdn' },
    booted: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      await Promise.all(drivers.map(driver => driver.close()));
      await rm(directory, { recursive: true });
    },
  };
});

const plainSpec = (id: string = randomUUID()): GuestSpec => ({
  id,
  name: 'guest',
  vcpusAtStartup: 1,
  vcpusMax: 1,
  memoryStaticMaxBytes: 1 << 30,
  memoryTargetBytes: 1 << 30,
  boot: { kind: 'firmware', firmware: 'bios', order: 'c' },
  platform: {},
  disks: [],
  nics: [],
});
const quiet = new AbortController().signal;

test('a fault rule hits as often as it says, and only whom it names', async () => {
  const driver = createSimHypervisor();
  const [one, other] = [plainSpec(), plainSpec()];
  driver.inject({ method: 'start', object: one.id, count: 1, error: { kind: 'no-memory', message: 'told to' } });
  await driver.start(other, { paused: false, signal: quiet });
  await expect(driver.start(one, { paused: false, signal: quiet })).rejects.toMatchObject({ kind: 'no-memory' });
  await driver.start(one, { paused: false, signal: quiet });
});

test('a rule that was taken away does nothing', async () => {
  const driver = createSimHypervisor();
  const remove = driver.inject({ method: 'pause', error: { kind: 'failed', message: 'told to' } });
  await expect(driver.pause('x')).rejects.toMatchObject({ kind: 'failed' });
  remove();
  await expect(driver.pause('x')).rejects.toMatchObject({ kind: 'not-found' });
});

test('thousands of guests start and are listed', async () => {
  const driver = createSimHypervisor();
  const specs = Array.from({ length: 5000 }, () => plainSpec());
  await Promise.all(specs.map(spec => driver.start(spec, { paused: false, signal: quiet })));
  const list = await driver.list();
  expect(list).toHaveLength(5000);
  expect(new Set(list.map(guest => guest.domid)).size).toBe(5000);
});

test('a guest that ends by itself is told once', async () => {
  const driver = createSimHypervisor();
  const spec = plainSpec();
  await driver.start(spec, { paused: false, signal: quiet });
  const events: unknown[] = [];
  driver.onEvent(event => events.push(event));
  await driver.guestEnds(spec.id, 'crash');
  await driver.guestEnds(spec.id, 'crash');
  expect(events).toEqual([{ kind: 'gone', id: spec.id, reason: 'crash' }]);
});
