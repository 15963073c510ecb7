// Read-only disks of a guest with hardware paging: shown to it as disks before it looks at them.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DiskSpec, GuestSpec, HypervisorDriver } from '../../../src/drivers/hypervisor.ts';
import { createXenDriver } from '../../../src/drivers/hypervisor/xen/driver.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { FakeXen } from '../../support/fake-xen.ts';

const MIB = 1 << 20;
/** xvdd of the first domain. */
const end = '/local/domain/0/backend/qdisk/1/51760/state';
const type = '/local/domain/1/device/vbd/51760/device-type';
const source = { format: 'raw', path: '/sr/a.iso', sizeBytes: MIB, chain: [] } as const;
const empty: DiskSpec = { id: 'vbd-3', userdevice: '3', kind: 'cd', readOnly: true, bootable: false };

let xen: FakeXen;
let driver: HypervisorDriver;
beforeEach(() => {
  xen = new FakeXen();
  driver = createXenDriver({ stateDir: '/state', dom0: xen, log: silentLogger });
});
afterEach(() => driver.close());

const start = async (domainType: 'pv' | 'pvh', drive: DiskSpec): Promise<string> => {
  const spec: GuestSpec = {
    id: randomUUID(),
    name: 'guest',
    vcpusAtStartup: 1,
    vcpusMax: 1,
    memoryStaticMaxBytes: 128 * MIB,
    memoryTargetBytes: 128 * MIB,
    boot: { kind: 'kernel', kernelPath: '/kernel', args: '' },
    domainType,
    platform: {},
    disks: [drive],
    nics: [],
  };
  await driver.start(spec, { paused: false, signal: AbortSignal.timeout(10_000) });
  return spec.id;
};
const read = (path: string): string | undefined => xen.store.nodes.get(path)?.toString();

test('a PVH guest starts only when they say so', async () => {
  xen.store.set(type, 'cdrom');
  const starting = start('pvh', { ...empty, source });
  // QEMU, which writes the type, has not opened the image.
  xen.store.set(end, '1');
  while (!xen.calls.some(call => call.startsWith('create'))) await new Promise(resolve => void setImmediate(resolve));
  expect(read(type)).toBe('cdrom');
  xen.before = command => {
    if (command === 'unpause') expect(read(type)).toBe('disk');
  };
  xen.store.set(end, '2');
  await starting;
  expect(xen.calls).toContain('unpause 1');
  expect(read(type)).toBe('disk');
});

test('a PV guest takes them as they are', async () => {
  xen.store.set(type, 'cdrom');
  await start('pv', { ...empty, source });
  expect(read(type)).toBe('cdrom');
  expect(xen.calls).not.toContain('unpause 1');
});

test('a medium for a PVH guest comes while the guest is stopped, by a program that does not end with the agent', async () => {
  const id = await start('pvh', empty);
  xen.onProgram = () => {
    xen.store.set(type.replace('/device-type', '/backend'), end.replace('/state', ''));
    xen.store.set(end, '4');
  };
  await driver.changeMedium(id, empty.id, source);
  expect(xen.calls.filter(call => call.startsWith('block-attach'))).toEqual([]);
  expect(xen.programs).toHaveLength(1);
  expect(xen.programs[0]).toMatch(/^sh -c xl pause "\$1" .* 1 vdev=xvdd,access=ro,devtype=cdrom,.*target=\/sr\/a\.iso 51760$/s);
});
