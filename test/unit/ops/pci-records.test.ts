// The PCI records of a host follow its hardware; a NIC's interface knows its card.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PciFunction } from '../../../src/drivers/pci/functions.ts';
import { insertInterface, syncInterfaces } from '../../../src/ops/boot/networks.ts';
import { pciRecords, syncPci } from '../../../src/ops/boot/pci.ts';
import { type OpsHost, startOpsHost } from '../../support/ops/host.ts';

const names = { vendorId: '8086', vendorName: 'Intel Corporation', deviceId: '10fb', deviceName: '82599ES' };
const card = (busPath: string, more: Partial<PciFunction> = {}): PciFunction => ({
  busPath,
  classId: '0200',
  className: 'Ethernet controller',
  ...names,
  subsystemVendorId: '',
  subsystemVendorName: '',
  subsystemDeviceId: '',
  subsystemDeviceName: '',
  driver: 'ixgbe',
  ...more,
});
const port = {
  device: 'eth7',
  mac: '02:00:00:00:00:07',
  mtu: 1500,
  carrier: true,
  ipv4: [],
  ipv6: [],
  dns: [],
  management: false,
  pci: { busPath: '0000:05:00.1', ...names },
};

let host: OpsHost;
beforeEach(async () => {
  host = await startOpsHost();
});
afterEach(() => host.stop());

test('what is new comes, what is known stays itself, what was taken out goes; functions of one card name each other', async () => {
  const { db, services } = host;
  const sync = (found: readonly PciFunction[]): Promise<void> => db.transaction(tx => syncPci(tx, services.self.host, found));
  await sync([card('0000:05:00.0'), card('0000:05:00.1'), card('0000:06:00.0')]);
  const before = pciRecords(db, services.self.host);
  expect([...before.keys()].sort()).toEqual(['0000:05:00.0', '0000:05:00.1', '0000:06:00.0']);
  const [first, second, other] = ['0000:05:00.0', '0000:05:00.1', '0000:06:00.0'].map(place => before.get(place));
  if (first === undefined || second === undefined || other === undefined) throw new Error('a record is missing');
  expect(db.need('PCI', first)).toMatchObject({ class_name: 'Ethernet controller', device_name: '82599ES', dependencies: [second] });
  expect(db.need('PCI', other).dependencies).toEqual([]);

  await sync([card('0000:05:00.1', { driver: 'vfio-pci' }), card('0000:06:00.0')]);
  expect(pciRecords(db, services.self.host)).toEqual(
    new Map([
      ['0000:05:00.1', second],
      ['0000:06:00.0', other],
    ]),
  );
  expect(db.need('PCI', second)).toMatchObject({ driver_name: 'vfio-pci', dependencies: [] });
});

test('an interface knows its card, and no card once that is another’s', async () => {
  const { db, services } = host;
  const self = services.self.host;
  await db.transaction(tx => syncPci(tx, self, [card('0000:05:00.1')]));
  const pif = await db.transaction(tx => insertInterface(tx, self, port));
  expect(db.need('PIF', pif).PCI).toBe(pciRecords(db, self).get('0000:05:00.1'));
  await db.transaction(tx => syncPci(tx, self, []));
  expect(db.need('PIF', pif).PCI).toBe('OpaqueRef:NULL');
  await db.transaction(tx => syncPci(tx, self, [card('0000:05:00.1')]));
  await db.transaction(tx => syncInterfaces(tx, self, [port], { ownsNics: true }));
  expect(db.need('PIF', pif).PCI).toBe(pciRecords(db, self).get('0000:05:00.1'));
  const { pci: _, ...bare } = port;
  await db.transaction(tx => {
    syncPci(tx, self, []);
    syncInterfaces(tx, self, [bare], { ownsNics: true });
  });
  expect(db.need('PIF', pif).PCI).toBe('OpaqueRef:NULL');
});
