// Which device of a domain's QEMU is a disk of the guest's.
//
// The guest of a whole machine has each of its first disks twice: an emulated one to boot from, and Xen's, for which it needs a driver. When the driver
// comes up, QEMU takes all emulated ones away. Until then what the guest writes comes through those, past everything that is done with the other.

import type { DiskSpec } from '../../hypervisor.ts';
import { QmpError } from '../qmp/errors.ts';
import type { FoundDisk } from '../qmp/guest.ts';
import type { Monitor } from '../qmp/monitor.ts';
import { deviceId } from '../qmp/nodes.ts';
import { vdevOf } from './disks.ts';
import type { DomainKind } from './kind.ts';

const EMULATED = ['ide-hd', 'scsi-hd'] as const;
const NOT_TAKEN_OVER = 'the guest uses emulated disks: it has no driver for those of Xen, or has not loaded it yet';

/** What QEMU has of an empty drive of a guest that has no drives: nothing. */
const NO_DEVICE: FoundDisk = { path: 'none', device: 'none', kind: 'cd' };

const driveOf = ({ id }: DiskSpec): FoundDisk => ({ path: deviceId('cd', id), device: deviceId('cd', id), kind: 'cd' });

/** A device of another kind has no such property. */
const propertyOf = (monitor: Monitor, path: string, property: string): Promise<unknown> =>
  monitor.execute('qom-get', { path, property }).catch((error: unknown) => {
    if (error instanceof QmpError) return undefined;
    throw error;
  });

/** A backend of Xen's has no id in QEMU: what names it is the guest's name for the disk, a property of the device. */
const backendPath = async (monitor: Monitor, vdev: string, paths: readonly string[]): Promise<string | undefined> => {
  for (const path of paths) {
    const found = await propertyOf(monitor, path, 'vdev');
    // The whole disk is its partition 0 there: xvda0.
    if (found === vdev || found === `${vdev}0`) return path;
  }
  return undefined;
};

const hasEmulated = async (monitor: Monitor, paths: readonly string[]): Promise<boolean> => {
  for (const path of paths) {
    const type = await propertyOf(monitor, path, 'type');
    if (EMULATED.some(each => each === type)) return true;
  }
  return false;
};

/** `paths` are those of the devices that QEMU has disks for now. */
export const findXenDisk = async (
  monitor: Monitor,
  disk: DiskSpec,
  kind: DomainKind,
  paths: readonly string[],
): Promise<FoundDisk | undefined> => {
  if (disk.kind === 'cd' && kind === 'hvm') return driveOf(disk);
  if (disk.kind === 'cd' && disk.source === undefined) return NO_DEVICE;
  const path = await backendPath(monitor, vdevOf(disk), paths);
  if (path === undefined) return undefined;
  const isPassedBy = kind === 'hvm' && (await hasEmulated(monitor, paths));
  return { path, device: path, kind: disk.kind, ...(isPassedBy && { passedBy: NOT_TAKEN_OVER }) };
};
