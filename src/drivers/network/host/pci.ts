// The PCI device behind a network interface: where it sits, whose it is, and what the list of PCI ids calls it, where the machine has the list.
// An interface of a virtual machine (virtio) is named by the PCI device that carries it; one that is no hardware at all has none.

import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';

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
const places = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids', '/var/lib/pciutils/pci.ids'];

/** Of one vendor; the largest has some thousands. */
const MAX_LINES = 20_000;

const attribute = (path: string): Promise<string> =>
  readFile(path, 'utf8').then(
    text => text.trim(),
    () => '', // the device went away, or is none of PCI
  );

/** Names in the list of PCI ids: a vendor at the beginning of a line, its devices on the lines below, each behind one tab. Pure. */
export const pciNames = (list: string, vendorId: string, deviceId: string): Pick<PciDevice, 'vendorName' | 'deviceName'> => {
  const at = `\n${list}`.indexOf(`\n${vendorId}  `);
  if (at < 0 || vendorId === '') return { vendorName: '', deviceName: '' };
  const lines = list.slice(at).split('\n', MAX_LINES);
  const end = lines.findIndex((line, number) => number > 0 && !/^[\t#]|^$/.test(line));
  const device = lines.slice(1, end < 0 ? undefined : end).find(line => line.startsWith(`\t${deviceId}  `));
  return { vendorName: lines[0]?.slice(vendorId.length).trim() ?? '', deviceName: device?.slice(1 + deviceId.length).trim() ?? '' };
};

const listText = async (): Promise<string> => {
  for (const place of places) {
    const text = await attribute(place);
    if (text !== '') return text;
  }
  return '';
};

/** By interface; those that are no hardware are left out. `root`: of sysfs. The list is read once for all, and only if there is hardware. */
export const pciDevices = async (
  interfaces: readonly string[],
  root: string,
  list: () => Promise<string> = listText,
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
