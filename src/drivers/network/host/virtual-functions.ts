// Virtual functions by the kernel's own switch: a NIC's `sriov_numvfs` in sysfs. What a NIC can do is asked of it each time, since a
// driver of the kernel may be loaded or changed meanwhile; a change counts when the kernel shows it.

import { readFile, readlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errnoOf, messageOf } from '../../errno.ts';
import { DriverError } from '../../hypervisor.ts';
import type { VirtualFunctions, VirtualFunctionStatus } from '../virtual-functions.ts';

/** Drivers of functions that are handed on to guests. */
const guestDrivers: ReadonlySet<string> = new Set(['vfio-pci', 'pciback', 'xen-pciback']);

const numberIn = async (path: string): Promise<number | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new DriverError('failed', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  });
  return /^\d+\s*$/.test(text) ? Number(text) : undefined;
};

export const hostVirtualFunctions = (root = '/sys'): VirtualFunctions => {
  const folderOf = (device: string): string => {
    if (!/^[\w.:@-]{1,15}$/.test(device)) throw new DriverError('bad-config', `'${device}' is no name of a device`);
    return join(root, 'class/net', device, 'device');
  };

  const isHandedOn = async (device: string, number: number): Promise<boolean> => {
    const driver = await readlink(join(folderOf(device), `virtfn${number}`, 'driver')).catch(() => ''); // it has none
    return guestDrivers.has(basename(driver));
  };

  const status = async (device: string): Promise<VirtualFunctionStatus | undefined> => {
    const total = await numberIn(join(folderOf(device), 'sriov_totalvfs'));
    if (total === undefined || total === 0) return undefined;
    const enabled = (await numberIn(join(folderOf(device), 'sriov_numvfs'))) ?? 0;
    const used = await Promise.all(Array.from({ length: enabled }, (_, number) => isHandedOn(device, number)));
    return { total, enabled, free: used.filter(each => !each).length };
  };

  const need = async (device: string): Promise<VirtualFunctionStatus> => {
    const found = await status(device);
    if (!found)
      throw new DriverError('unsupported', `${device} has no virtual functions: the NIC, its driver or the firmware does not offer them`);
    return found;
  };

  /** The kernel takes a number only when there are none, or zero. */
  const write = async (device: string, count: number): Promise<void> => {
    try {
      await writeFile(join(folderOf(device), 'sriov_numvfs'), `${count}\n`);
    } catch (error) {
      throw new DriverError('failed', `the kernel does not give ${device} ${count} virtual functions: ${messageOf(error)}`, {
        cause: error,
      });
    }
  };

  return {
    status,
    enable: async device => {
      const before = await need(device);
      if (before.enabled === before.total) return before;
      if (before.free < before.enabled) throw new DriverError('in-use', `a guest has a virtual function of ${device}`);
      if (before.enabled > 0) await write(device, 0);
      try {
        await write(device, before.total);
        const after = await need(device);
        if (after.enabled === before.total) return after;
        throw new DriverError('failed', `${device} has ${after.enabled} virtual functions after it was told to have ${before.total}`);
      } catch (error) {
        if (before.enabled > 0) await write(device, before.enabled);
        throw error;
      }
    },
    disable: async device => {
      const before = await status(device);
      if (!before || before.enabled === 0) return;
      if (before.free < before.enabled) throw new DriverError('in-use', `a guest has a virtual function of ${device}`);
      await write(device, 0);
    },
  };
};
