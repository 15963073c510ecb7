// The PCI functions that sysfs shows, with the names of the list of PCI ids.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pciFunctions } from '../../../src/drivers/pci/functions.ts';
import { pciClassName, pciSubsystemName } from '../../../src/drivers/pci/ids.ts';
import { NicTree } from '../../support/nic-tree.ts';

const list = [
  '10de  NVIDIA Corporation',
  '\t13f2  GM204GL [Tesla M60]',
  '\t\t10de 115e  Tesla M60',
  '\t\t10de 116e  Another Tesla',
  '\t13f3  GM204GL [Tesla M6]',
  '\t\t10de 1184  Tesla M6',
  '1af4  Red Hat, Inc.',
  '\t1041  Virtio 1.0 network device',
  'C 02  Network controller',
  '\t00  Ethernet controller',
  'C 03  Display controller',
  '\t00  VGA compatible controller',
  '\t\t00  VGA controller',
  '\t02  3D controller',
].join('\n');

let tree: NicTree;
const add = (place: string, files: Readonly<Record<string, string>>, driver?: string): void => {
  for (const [name, text] of Object.entries(files)) tree.file(`bus/pci/devices/${place}/${name}`, text);
  if (driver === undefined) return;
  mkdirSync(join(tree.root, 'bus/pci/drivers', driver), { recursive: true });
  symlinkSync(`../../drivers/${driver}`, join(tree.root, 'bus/pci/devices', place, 'driver'));
};
beforeEach(() => {
  tree = new NicTree();
});
afterEach(() => tree[Symbol.dispose]());

test('a display and a NIC are told by their place; a bridge is none of a guest', async () => {
  add('0000:06:00.0', { class: '0x030200', vendor: '0x10de', device: '0x13F2', subsystem_vendor: '0x10de', subsystem_device: '0x115e' });
  add(
    '0000:00:03.0',
    { class: '0x020000', vendor: '0x1af4', device: '0x1041', subsystem_vendor: '0x0000', subsystem_device: '0xffff' },
    'virtio-pci',
  );
  add('0000:00:01.0', { class: '0x060400', vendor: '0x8086', device: '0x1237' });
  expect(await pciFunctions(tree.root, async () => list)).toEqual([
    {
      busPath: '0000:00:03.0',
      classId: '0200',
      className: 'Ethernet controller',
      vendorId: '1af4',
      vendorName: 'Red Hat, Inc.',
      deviceId: '1041',
      deviceName: 'Virtio 1.0 network device',
      subsystemVendorId: '',
      subsystemVendorName: '',
      subsystemDeviceId: '',
      subsystemDeviceName: '',
      driver: 'virtio-pci',
    },
    {
      busPath: '0000:06:00.0',
      classId: '0302',
      className: '3D controller',
      vendorId: '10de',
      vendorName: 'NVIDIA Corporation',
      deviceId: '13f2',
      deviceName: 'GM204GL [Tesla M60]',
      subsystemVendorId: '10de',
      subsystemVendorName: 'NVIDIA Corporation',
      subsystemDeviceId: '115e',
      subsystemDeviceName: 'Tesla M60',
      driver: '',
    },
  ]);
});

test('a machine without PCI has none, and the list is not read', async () => {
  const read = (): Promise<string> => Promise.reject(new Error('it was read'));
  expect(await pciFunctions(tree.root, read)).toEqual([]);
});

describe('names', () => {
  test.each([
    ['0300', 'VGA compatible controller'],
    ['0380', 'Display controller'],
    ['1200', ''],
  ])('class %s is %j', (id, name) => expect(pciClassName(list, id)).toBe(name));

  test('a card is named below its own device only', () => {
    expect(pciSubsystemName(list, { vendorId: '10de', deviceId: '13f3' }, '10de 1184')).toBe('Tesla M6');
    expect(pciSubsystemName(list, { vendorId: '10de', deviceId: '13f2' }, '10de 1184')).toBe('');
    expect(pciSubsystemName(list, { vendorId: '10de', deviceId: '9999' }, '10de 1184')).toBe('');
  });
});
