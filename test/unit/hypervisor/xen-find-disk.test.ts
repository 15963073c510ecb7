// Which device of a domain's QEMU a disk is, and that nothing is done with one that the guest does not write through.

import { expect, test } from '@jest/globals';
import type { DiskSpec } from '../../../src/drivers/hypervisor.ts';
import { activeNode, diskState } from '../../../src/drivers/hypervisor/qmp/blocks.ts';
import { QmpError } from '../../../src/drivers/hypervisor/qmp/errors.ts';
import type { QmpGuest } from '../../../src/drivers/hypervisor/qmp/guest.ts';
import type { Monitor } from '../../../src/drivers/hypervisor/qmp/monitor.ts';
import { findXenDisk } from '../../../src/drivers/hypervisor/xen/find-disk.ts';
import type { DomainKind } from '../../../src/drivers/hypervisor/xen/kind.ts';

interface Device {
  readonly path: string;
  readonly node: string;
  readonly properties: Readonly<Record<string, string>>;
}

const backend: Device = { path: '/peripheral/xvda', node: 'xvda-qcow2', properties: { vdev: 'xvda0', type: 'xen-disk' } };
const emulated: Device = { path: '/unattached/device[9]', node: '#block123', properties: { type: 'ide-hd' } };
const drive: Device = { path: '/peripheral/cd-1', node: 'iso', properties: { type: 'ide-cd' } };

/** A QEMU that has these devices. */
const guestOf = (kind: DomainKind, devices: readonly Device[]): QmpGuest => {
  const execute = (command: string, args: { readonly path?: string; readonly property?: string } = {}): Promise<unknown> => {
    if (command === 'query-block')
      return Promise.resolve(devices.map(({ path, node }) => ({ qdev: path, inserted: { 'node-name': node } })));
    const value = devices.find(({ path }) => path === args.path)?.properties[args.property ?? ''];
    return value === undefined ? Promise.reject(new QmpError(command, 'GenericError', 'Property not found')) : Promise.resolve(value);
  };
  const monitor = { execute } as Monitor;
  const disk: DiskSpec = { id: 'a', userdevice: '0', kind: 'disk', readOnly: false, bootable: true };
  return { id: 'guest', monitor, findDisk: (_id, paths) => findXenDisk(monitor, disk, kind, paths), ownsNode: () => true };
};

test.each(['pv', 'pvh'] as const)('a %s guest writes through Xen’s own', async kind => {
  expect(await activeNode(guestOf(kind, [backend]), 'a')).toBe('xvda-qcow2');
});

test('a whole machine whose driver is up writes through it too, whatever drives it has', async () => {
  expect(await activeNode(guestOf('hvm', [drive, backend]), 'a')).toBe('xvda-qcow2');
});

test('as long as its emulated disks are there the disk can be looked at, and nothing else', async () => {
  const guest = guestOf('hvm', [emulated, drive, backend]);
  expect((await diskState(guest, 'a')).node).toBe('xvda-qcow2');
  await expect(activeNode(guest, 'a')).rejects.toMatchObject({ kind: 'guest-refused', message: expect.stringContaining('no driver') });
});

test('a disk that QEMU does not have is not found', async () => {
  await expect(diskState(guestOf('pv', []), 'a')).rejects.toMatchObject({ kind: 'not-found' });
});
