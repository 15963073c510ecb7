// What NICs are and can do, from what the kernel shows of them: the PCI device behind an interface and its names, virtual functions.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hostVirtualFunctions } from '../../../src/drivers/network/host/virtual-functions.ts';
import { pciDevices } from '../../../src/drivers/network/host/pci.ts';
import { pciNames } from '../../../src/drivers/pci/ids.ts';
import { NicTree } from '../../support/nic-tree.ts';

let tree: NicTree;
beforeEach(() => {
  tree = new NicTree();
});
afterEach(() => tree[Symbol.dispose]());

const list = [
  '# a comment',
  '1af4  Red Hat, Inc.',
  '\t1000  Virtio network device',
  '8086  Intel Corporation',
  '# another',
  '\t10fb  82599ES 10-Gigabit SFI/SFP+ Network Connection',
  '\t\t8086 0003  Ethernet Server Adapter X520-2',
  '\t1572  Ethernet Controller X710 for 10GbE SFP+',
  '8087  Intel Corp.',
  '\t1234  Another thing',
  'C 00  Unclassified device',
  '',
].join('\n');

describe('names of PCI devices', () => {
  test.each([
    ['8086', '10fb', 'Intel Corporation', '82599ES 10-Gigabit SFI/SFP+ Network Connection'],
    ['8086', '1572', 'Intel Corporation', 'Ethernet Controller X710 for 10GbE SFP+'],
    ['1af4', '1000', 'Red Hat, Inc.', 'Virtio network device'],
    // Of the vendor after it, of a line two tabs deep, of nobody.
    ['8086', '1234', 'Intel Corporation', ''],
    ['8086', '8086', 'Intel Corporation', ''],
    ['10fb', '1234', '', ''],
    ['', '', '', ''],
  ])('%s:%s is %j, %j', (vendor, device, vendorName, deviceName) =>
    expect(pciNames(list, vendor, device)).toEqual({ vendorName, deviceName }),
  );

  test('a list that is not there names nothing', () => expect(pciNames('', '8086', '10fb')).toEqual({ vendorName: '', deviceName: '' }));
});

test('the PCI device of an interface, of one behind virtio, and none of a virtual interface', async () => {
  tree.add('eth0', { place: 'pci0000:00/0000:00:03.0/0000:05:00.1', vendor: '8086', device: '10FB' });
  tree.add('eth1', { place: 'pci0000:00/0000:00:04.0/virtio2', vendor: '1af4', device: '1000' });
  tree.add('veth0', {});
  const found = await pciDevices(['eth0', 'eth1', 'veth0', 'gone'], tree.root, async () => list);
  expect(Object.fromEntries(found)).toEqual({
    eth0: {
      busPath: '0000:05:00.1',
      vendorId: '8086',
      vendorName: 'Intel Corporation',
      deviceId: '10fb',
      deviceName: '82599ES 10-Gigabit SFI/SFP+ Network Connection',
    },
    eth1: { busPath: '0000:00:04.0', vendorId: '1af4', vendorName: 'Red Hat, Inc.', deviceId: '1000', deviceName: 'Virtio network device' },
  });
});

test('without hardware no list is read', async () => {
  tree.add('veth0', {});
  const read = (): Promise<string> => Promise.reject(new Error('it was read'));
  expect((await pciDevices(['veth0'], tree.root, read)).size).toBe(0);
});

describe('virtual functions', () => {
  const hardware = 'pci0000:00/0000:05:00.0';
  const numvfs = `devices/${hardware}/sriov_numvfs`;

  test('are all enabled, and all gone again', async () => {
    tree.add('eth0', { place: hardware, totalVfs: 8 });
    const functions = hostVirtualFunctions(tree.root);
    expect(await functions.status('eth0')).toEqual({ total: 8, enabled: 0, free: 0 });
    expect(await functions.enable('eth0')).toEqual({ total: 8, enabled: 8, free: 8 });
    expect(tree.read(numvfs)).toBe('8');
    expect(await functions.enable('eth0')).toEqual({ total: 8, enabled: 8, free: 8 });
    await functions.disable('eth0');
    await functions.disable('eth0');
    expect(tree.read(numvfs)).toBe('0');
  });

  test('that a guest has are not free, and stay', async () => {
    tree.add('eth0', { place: hardware, totalVfs: 4, numVfs: 3, drivers: ['vfio-pci', 'ixgbevf', undefined] });
    const functions = hostVirtualFunctions(tree.root);
    expect(await functions.status('eth0')).toEqual({ total: 4, enabled: 3, free: 2 });
    await expect(functions.disable('eth0')).rejects.toMatchObject({ kind: 'in-use' });
    await expect(functions.enable('eth0')).rejects.toMatchObject({ kind: 'in-use' });
    expect(tree.read(numvfs)).toBe('3');
  });

  test.each([
    ['a NIC that has none', { place: hardware, totalVfs: 0 }],
    ['a NIC that knows none', { place: hardware }],
    ['an interface that is no NIC', {}],
  ])('%s is told as such', async (_what, spec) => {
    tree.add('eth0', spec);
    const functions = hostVirtualFunctions(tree.root);
    expect(await functions.status('eth0')).toBeUndefined();
    await expect(functions.enable('eth0')).rejects.toMatchObject({ kind: 'unsupported' });
    await functions.disable('eth0');
    expect(await functions.status('eth9')).toBeUndefined();
  });

  test('what the kernel refuses is told with its reason', async () => {
    tree.add('eth0', { place: hardware, totalVfs: 8 });
    rmSync(join(tree.root, numvfs));
    mkdirSync(join(tree.root, numvfs));
    await expect(hostVirtualFunctions(tree.root).enable('eth0')).rejects.toMatchObject({ kind: 'failed', message: /EISDIR/ });
  });

  test('a name that leads out of the tree is none', () =>
    expect(hostVirtualFunctions(tree.root).status('../../etc')).rejects.toMatchObject({ kind: 'bad-config' }));
});
