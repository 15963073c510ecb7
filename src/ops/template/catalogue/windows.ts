// Windows families. None has paravirtual drivers on its own medium, so disks are on SATA and network cards are Intel's; with the drivers
// installed, `vm-param-remove param-name=platform param-key=disk-bus` (and `nic-model`) makes them paravirtual.

import {
  anyBoot,
  biosOnly,
  emulatedDevices,
  gib,
  largest,
  systemDisk,
  type TemplateLimits,
  type TemplateRow,
  uefiOnly,
  withDisplay,
} from '../row.ts';

interface Release {
  readonly name: string;
  readonly label: string;
  readonly memoryGib: number;
  readonly diskGib: number;
  readonly boots: NonNullable<TemplateLimits['boots']>;
  readonly limits?: Partial<TemplateLimits>;
  readonly platform?: Readonly<Record<string, string>>;
}

/** What Windows is told about the hypervisor it runs on. */
const enlightened = {
  viridian: 'true',
  viridian_time_ref_count: 'true',
  viridian_reference_tsc: 'true',
  viridian_apic_assist: 'true',
  viridian_crash_ctl: 'true',
  viridian_stimer: 'true',
};

const slate = { acpi_laptop_slate: '1' };

const windows = (release: Release): TemplateRow => ({
  name: release.name,
  description: `A machine set up for ${release.name}: put its medium into the CD drive and start it`,
  referenceLabel: release.label,
  memoryBytes: release.memoryGib * gib,
  memoryMinBytes: (release.memoryGib / 2) * gib,
  vcpus: 2,
  firmware: { kind: release.boots.uefi ? 'uefi' : 'bios', order: 'cd' },
  platform: {
    ...withDisplay,
    ...enlightened,
    'cores-per-socket': '2',
    device_id: '0002',
    secureboot: release.boots.uefi ? 'auto' : 'false',
    // A pointer that follows the viewer's, instead of one that chases it.
    usb_tablet: 'true',
    ...emulatedDevices,
    ...release.platform,
  },
  disks: systemDisk(release.diskGib * gib, false),
  installMethods: 'cdrom',
  otherConfig: {},
  limits: { ...largest, vcpusMin: 2, boots: release.boots, ...release.limits },
});

const older = (name: string, label: string, bits: 32 | 64, memoryGib: number): TemplateRow =>
  windows({
    name: `${name} (${bits}-bit)`,
    label: `${label}-${bits}bit`,
    memoryGib,
    diskGib: 24,
    boots: biosOnly,
    limits: bits === 32 ? { memoryMaxBytes: 4 * gib, vcpusMin: 1, vcpusMax: 32 } : { memoryMaxBytes: 128 * gib, vcpusMin: 1, vcpusMax: 32 },
  });

export const windowsTemplates: readonly TemplateRow[] = [
  older('Windows 7', 'windows-7', 32, 2),
  older('Windows 7', 'windows-7', 64, 2),
  older('Windows 8.1', 'windows-8.1', 32, 2),
  older('Windows 8.1', 'windows-8.1', 64, 2),
  older('Windows Server 2008', 'windows-server-2008', 32, 2),
  older('Windows Server 2008', 'windows-server-2008', 64, 2),
  older('Windows Server 2008 R2', 'windows-server-2008-r2', 64, 2),
  older('Windows Server 2012', 'windows-server-2012', 64, 2),
  older('Windows Server 2012 R2', 'windows-server-2012-r2', 64, 2),
  older('Windows 10', 'windows-10', 32, 2),
  windows({ name: 'Windows 10 (64-bit)', label: 'windows-10-64bit', memoryGib: 4, diskGib: 32, boots: anyBoot, platform: slate }),
  windows({
    name: 'Windows 11',
    label: 'windows-11',
    memoryGib: 8,
    diskGib: 64,
    boots: uefiOnly,
    platform: { ...slate, vtpm: 'true' },
  }),
  ...['2016', '2019', '2022'].map(year =>
    windows({
      name: `Windows Server ${year} (64-bit)`,
      label: `windows-server-${year}-64bit`,
      memoryGib: 2,
      diskGib: 32,
      boots: anyBoot,
    }),
  ),
  windows({ name: 'Windows Server 2025', label: 'windows-server-2025', memoryGib: 4, diskGib: 64, boots: uefiOnly }),
];
