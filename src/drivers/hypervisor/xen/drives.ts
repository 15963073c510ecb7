// The emulated CD drives of a whole machine, as arguments of its QEMU. They are this driver's own, not libxl's: libxl gives a drive a second end in
// xenstore, which QEMU 7.2 cannot open while the drive is empty, and at the first medium that libxl puts in after that, QEMU dies.

import { type DiskSpec, DriverError, type GuestSpec } from '../../hypervisor.ts';
import { deviceId, nodeName, openVolume } from '../qmp/nodes.ts';

const PLACES = 4;

/** Two places on each of two buses. The first four disks have them until the guest's own drivers take over. */
const placeOf = ({ userdevice }: DiskSpec): { readonly bus: string; readonly unit: number } => {
  const place = /^\d{1,2}$/.test(userdevice) ? Number(userdevice) : Number.NaN;
  if (!(place < PLACES))
    throw new DriverError('bad-config', `CD drive number ${userdevice}: an emulated drive has a number from 0 to ${PLACES - 1}`);
  return { bus: `ide.${place >> 1}`, unit: place & 1 };
};

export const driveArguments = ({ disks }: Pick<GuestSpec, 'disks'>): readonly string[] =>
  disks
    .filter(({ kind }) => kind === 'cd')
    .flatMap(drive => {
      const { id, source } = drive;
      const medium = source === undefined ? [] : ['-blockdev', JSON.stringify(openVolume(id, source, { readOnly: true, below: 'chain' }))];
      const device = {
        driver: 'ide-cd',
        id: deviceId('cd', id),
        ...placeOf(drive),
        ...(source && { drive: nodeName(id, source.path) }),
      };
      return [...medium, '-device', JSON.stringify(device)];
    });
