// The PCI device behind a network interface: where it sits, whose it is, and what the list of PCI ids calls it, where the machine has the list.
// An interface of a virtual machine (virtio) is named by the PCI device that carries it; one that is no hardware at all has none.

import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { pciNames, readPciIds } from '../../pci/ids.ts';

export interface PciDevice {
  /** 0000:03:00.0 */
  readonly busPath: string;
  /** Four hexadecimal digits. */
  readonly vendorId: string;
  readonly deviceId: string;
  /** Empty where no list names it. */
  readonly vendorName: string;
  readonly deviceName: string;
}

const busPath = /^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
const attribute = (path: string): Promise<string> =>
  readFile(path, 'utf8').then(
    text => text.trim(),
    () => '', // the device went away, or is none of PCI
  );

/** By interface; those that are no hardware are left out. `root`: of sysfs. The list is read once for all, and only if there is hardware. */
export const pciDevices = async (
  interfaces: readonly string[],
  root: string,
  list: () => Promise<string> = readPciIds,
): Promise<ReadonlyMap<string, PciDevice>> => {
  const found = new Map<string, Pick<PciDevice, 'busPath' | 'vendorId' | 'deviceId'>>();
  for (const name of interfaces) {
    const path = await realpath(join(root, 'class/net', name, 'device')).catch(() => ''); // no hardware
    const parts = path.split('/');
    const at = parts.findLastIndex(part => busPath.test(part));
    if (at < 0) continue;
    const place = parts.slice(0, at + 1).join('/');
    const [vendorId, deviceId] = await Promise.all(['vendor', 'device'].map(each => attribute(join(place, each))));
    found.set(name, { busPath: parts[at] ?? '', vendorId: digits(vendorId), deviceId: digits(deviceId) });
  }
  if (found.size === 0) return new Map();
  const text = await list();
  return new Map([...found].map(([name, device]) => [name, { ...device, ...pciNames(text, device.vendorId, device.deviceId) }]));
};

const digits = (text = ''): string => text.replace(/^0x/, '').toLowerCase();
