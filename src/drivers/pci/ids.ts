// The list of PCI ids that distributions ship: what vendors, devices and classes are called. Pure, but for finding the list.
//
// A vendor is a line of its own, its devices are the lines below, each behind one tab, and subsystems of a device below that, behind two.
// Classes come after all vendors, the same way: `C 02  Network controller`, `\t00  Ethernet controller`.

import { readFile } from 'node:fs/promises';

const places = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids', '/var/lib/pciutils/pci.ids'];

/** The lines of one vendor or class; the largest has some thousands. */
const MAX_LINES = 20_000;

/** Empty on a machine without one. */
export const readPciIds = async (): Promise<string> => {
  for (const place of places) {
    const text = await readFile(place, 'utf8').catch(() => ''); // not in this place
    if (text !== '') return text;
  }
  return '';
};

/** What stands behind `heading` at the beginning of a line, and the lines below that belong to it. */
const sectionOf = (list: string, heading: string): { readonly name: string; readonly below: readonly string[] } => {
  const at = list.startsWith(`${heading}  `) ? 0 : list.indexOf(`\n${heading}  `) + 1;
  if (at === 0 && !list.startsWith(`${heading}  `)) return { name: '', below: [] };
  const [first = '', ...rest] = list.slice(at).split('\n', MAX_LINES);
  const end = rest.findIndex(line => !/^[\t#]/.test(line));
  return { name: first.slice(heading.length).trim(), below: end < 0 ? rest : rest.slice(0, end) };
};

const below = (lines: readonly string[], start: string): string =>
  lines
    .find(line => line.startsWith(start))
    ?.slice(start.length)
    .trim() ?? '';

/** Ids are four hexadecimal digits each. Names that the list does not have are empty. */
export const pciNames = (
  list: string,
  vendorId: string,
  deviceId: string,
): { readonly vendorName: string; readonly deviceName: string } => {
  const { name, below: devices } = vendorId === '' ? { name: '', below: [] } : sectionOf(list, vendorId);
  return { vendorName: name, deviceName: deviceId === '' ? '' : below(devices, `\t${deviceId}  `) };
};

/** `classId` is four hexadecimal digits: the class and its subclass. The subclass is named, or else the class. */
export const pciClassName = (list: string, classId: string): string => {
  const { name, below: kinds } = sectionOf(list, `C ${classId.slice(0, 2)}`);
  return below(kinds, `\t${classId.slice(2, 4)}  `) || name;
};

/** The name of a card by the ids that its maker gave it, which stand below the device that it is built on. */
export const pciSubsystemName = (list: string, device: { readonly vendorId: string; readonly deviceId: string }, ids: string): string => {
  const { below: devices } = sectionOf(list, device.vendorId);
  const at = devices.findIndex(line => line.startsWith(`\t${device.deviceId}  `));
  if (at < 0) return '';
  const rest = devices.slice(at + 1);
  const end = rest.findIndex(line => !/^(?:\t\t|#)/.test(line));
  return below(end < 0 ? rest : rest.slice(0, end), `\t\t${ids}  `);
};
