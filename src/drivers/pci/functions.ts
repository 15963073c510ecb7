// The PCI functions of the machine that can matter to a guest or to a record: storage, network, display and accelerators, as the kernel's sysfs
// shows them (Documentation/PCI/sysfs-pci.rst), with the names of the list of PCI ids.

import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pciClassName, pciNames, pciSubsystemName, readPciIds } from './ids.ts';

export interface PciFunction {
  /** 0000:03:00.0 */
  readonly busPath: string;
  /** Class and subclass; as all ids, four hexadecimal digits. */
  readonly classId: string;
  readonly className: string;
  readonly vendorId: string;
  readonly vendorName: string;
  readonly deviceId: string;
  readonly deviceName: string;
  /** Empty where the card's maker gave it none. */
  readonly subsystemVendorId: string;
  readonly subsystemVendorName: string;
  readonly subsystemDeviceId: string;
  readonly subsystemDeviceName: string;
  /** The kernel's driver; empty for none. */
  readonly driver: string;
}

/** Mass storage, network, display, processing accelerators: the classes that XenAPI's hosts tell of. */
const told = new Set(['01', '02', '03', '12']);
const anyId = 'ffff';

/** A function that goes away while it is looked at has nothing to say. */
const attribute = async (path: string): Promise<string> => {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim().replace(/^0x/, '').toLowerCase();
};

/** By their place. A machine without PCI has none. `sysfs`: its root. The list of ids is read only if there is something to name. */
export const pciFunctions = async (sysfs = '/sys', ids: () => Promise<string> = readPciIds): Promise<readonly PciFunction[]> => {
  const folder = join(sysfs, 'bus/pci/devices');
  const places: string[] = await readdir(folder).catch(() => []);
  const classes = await Promise.all(
    places.sort().map(async busPath => ({ busPath, classId: (await attribute(join(folder, busPath, 'class'))).slice(0, 4) })),
  );
  const wanted = classes.filter(({ classId }) => told.has(classId.slice(0, 2)));
  if (wanted.length === 0) return [];
  const list = await ids();
  return Promise.all(
    wanted.map(async ({ busPath, classId }): Promise<PciFunction> => {
      const read = (name: string): Promise<string> => attribute(join(folder, busPath, name));
      const [vendorId, deviceId, cardVendor, cardDevice, driver] = await Promise.all([
        ...(['vendor', 'device', 'subsystem_vendor', 'subsystem_device'] as const).map(read),
        readlink(join(folder, busPath, 'driver')).then(basename, () => ''),
      ]);
      const [subsystemVendorId, subsystemDeviceId] = [cardVendor, cardDevice].map(id => (id === anyId || id === '0000' ? '' : (id ?? '')));
      const device = { vendorId: vendorId ?? '', deviceId: deviceId ?? '' };
      return {
        busPath,
        classId,
        className: pciClassName(list, classId),
        ...device,
        ...pciNames(list, device.vendorId, device.deviceId),
        subsystemVendorId: subsystemVendorId ?? '',
        subsystemVendorName: pciNames(list, subsystemVendorId ?? '', '').vendorName,
        subsystemDeviceId: subsystemDeviceId ?? '',
        subsystemDeviceName: pciSubsystemName(list, device, `${subsystemVendorId} ${subsystemDeviceId}`),
        driver: driver ?? '',
      };
    }),
  );
};
