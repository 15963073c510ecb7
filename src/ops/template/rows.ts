// The templates a new pool has, as data. Names are those that users of XCP and XenServer know.

import { linuxTemplates } from './catalogue/linux.ts';
import { windowsTemplates } from './catalogue/windows.ts';
import { anyBoot, gib, largest, mib, systemDisk, type TemplateRow, withDisplay } from './row.ts';
import { tinyLinuxKey } from './tiny-linux.ts';

const general: readonly TemplateRow[] = [
  {
    name: 'Other install media',
    since: 1,
    description: 'A machine without disks that boots whatever medium is put into it',
    referenceLabel: 'other-install-media',
    memoryBytes: 256 * mib,
    memoryMinBytes: 128 * mib,
    vcpus: 1,
    firmware: { kind: 'bios', order: 'cd' },
    platform: { ...withDisplay, viridian: 'true', secureboot: 'false' },
    disks: [],
    installMethods: 'cdrom',
    otherConfig: {},
    limits: { memoryMaxBytes: 128 * gib, vcpusMax: 64, boots: anyBoot },
  },
  {
    name: 'Linux (generic)',
    since: 1,
    description: 'Any current Linux: one system disk, booted first, then CD and network',
    referenceLabel: 'generic-linux',
    memoryBytes: 1 * gib,
    memoryMinBytes: 256 * mib,
    vcpus: 1,
    firmware: { kind: 'bios', order: 'cdn' },
    platform: withDisplay,
    disks: systemDisk(8 * gib),
    installMethods: 'cdrom,http',
    otherConfig: { linux_template: 'true' },
    limits: largest,
  },
  {
    name: 'Cloud image',
    description:
      'For disk images that set themselves up at first boot (cloud-init): give it the image as disk 0, and vm-install a user-data file',
    referenceLabel: 'cloud-image',
    memoryBytes: 2 * gib,
    memoryMinBytes: 512 * mib,
    vcpus: 1,
    firmware: { kind: 'bios', order: 'c' },
    platform: { ...withDisplay, viridian: 'false', device_id: '0001', secureboot: 'false' },
    disks: [],
    installMethods: '',
    otherConfig: { linux_template: 'true' },
    limits: { ...largest, boots: anyBoot },
  },
  {
    name: 'Tiny Linux',
    since: 1,
    description: 'A built-in Linux that boots in seconds, for trying things out; its kernel is made on the host at the first start',
    referenceLabel: 'tiny-linux',
    memoryBytes: 128 * mib,
    memoryMinBytes: 64 * mib,
    vcpus: 1,
    kernelArgs: 'console=ttyS0 quiet',
    platform: withDisplay,
    disks: systemDisk(64 * mib),
    installMethods: '',
    otherConfig: { [tinyLinuxKey]: 'true' },
    limits: largest,
  },
];

export const templateRows: readonly TemplateRow[] = [...general, ...linuxTemplates, ...windowsTemplates];
