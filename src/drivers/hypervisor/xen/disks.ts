// A guest's disks as xl writes them, and which number each has. The place follows from the userdevice alone: 0 is xvda, 1 xvdb …
//
// A guest without emulated machine has no CD drives: a medium is a disk of the kind that is only read, which comes and goes, and an empty drive is nothing.
// Emulated drives are in drives.ts.
//
// The QEMU beside a domain opens a qcow2 image for writing whatever is asked, and fails where it may not: only raw images can be given for reading.

import { type DiskSpec, DriverError, type GuestSpec } from '../../hypervisor.ts';
import type { VolumeSource } from '../../storage.ts';
import type { DomainKind } from './kind.ts';

const DISKS = 16;
const XVD_MAJOR = 202;
const MINORS_PER_DISK = 16;

const indexOf = ({ userdevice }: Pick<DiskSpec, 'userdevice'>): number => {
  const index = /^\d{1,2}$/.test(userdevice) ? Number(userdevice) : Number.NaN;
  if (!(index < DISKS)) throw new DriverError('bad-config', `disk number ${userdevice}: a guest on Xen has numbers 0 to ${DISKS - 1}`);
  return index;
};

/** `xvda` … */
export const vdevOf = (disk: Pick<DiskSpec, 'userdevice'>): string => `xvd${String.fromCharCode('a'.charCodeAt(0) + indexOf(disk))}`;

/** The number under which xenstore knows the device: /local/domain/N/device/vbd/<number>. */
export const vbdNumber = (vdev: string): number => {
  const index = vdev.charCodeAt(vdev.length - 1) - 'a'.charCodeAt(0);
  return (XVD_MAJOR << 8) | (index * MINORS_PER_DISK);
};

/** The disks that the domain is made with; emulated drives are none of them. */
export const presentDisks = (spec: Pick<GuestSpec, 'disks'>, kind: DomainKind): readonly DiskSpec[] =>
  spec.disks.filter(disk => disk.source !== undefined && !(disk.kind === 'cd' && kind === 'hvm'));

const sourceText = (source: VolumeSource): readonly string[] => {
  // The target is the rest of the text, so that a path may hold commas.
  if (!source.path.startsWith('/')) throw new DriverError('bad-config', `the path of a volume is absolute, which ${source.path} is not`);
  return ['backendtype=qdisk', `format=${source.format}`, 'discard', `target=${source.path}`];
};

/** A medium is never written to. */
export const isReadOnly = ({ readOnly, kind }: Pick<DiskSpec, 'readOnly' | 'kind'>): boolean => readOnly || kind === 'cd';

/** One entry of `disk`, or the argument of `xl block-attach`. */
export const diskText = (disk: DiskSpec, kind: DomainKind): string => {
  const onlyRead = isReadOnly(disk);
  if (onlyRead && kind !== 'hvm' && disk.source !== undefined && disk.source.format !== 'raw') {
    throw new DriverError(
      'unsupported',
      `disk ${disk.userdevice} is to be read only, which a ${kind} guest can have of raw images (as ISO images are), not of ${disk.source.format}`,
    );
  }
  const parts = [
    `vdev=${vdevOf(disk)}`,
    `access=${onlyRead ? 'ro' : 'rw'}`,
    // With Xen 4.17 no connection comes about for a read-only disk of another kind.
    ...(onlyRead ? ['devtype=cdrom'] : []),
  ];
  if (disk.source !== undefined) return [...parts, ...sourceText(disk.source)].join(',');
  throw new DriverError('bad-config', `disk ${disk.userdevice} has no volume`);
};
