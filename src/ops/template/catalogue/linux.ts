// Linux families. Current releases boot by UEFI; those from before it was usual, or that were never tried with it, by BIOS. All have drivers
// for paravirtual devices but the oldest.

import { anyBoot, biosOnly, emulatedDevices, everywhere, gib, largest, mib, systemDisk, type TemplateRow, withDisplay } from '../row.ts';

interface Release {
  readonly name: string;
  readonly label: string;
  readonly firmware: 'bios' | 'uefi';
  readonly memoryMib: number;
  readonly diskGib: number;
  readonly vcpus?: number;
  readonly otherConfig?: Readonly<Record<string, string>>;
}

const description =
  'To install from the command line: vm-install, then set other-config:install-repository to cdrom, or to the address of a network repository, as http://SERVER/PATH or nfs:SERVER:/PATH';

const current = (release: Release): TemplateRow => ({
  name: release.name,
  description,
  referenceLabel: release.label,
  memoryBytes: release.memoryMib * mib,
  memoryMinBytes: (release.memoryMib / 2) * mib,
  vcpus: release.vcpus ?? 1,
  firmware: { kind: release.firmware, order: 'cdn' },
  platform: { ...withDisplay, viridian: 'false', device_id: '0001', secureboot: release.firmware === 'uefi' ? 'auto' : 'false' },
  disks: systemDisk(release.diskGib * gib),
  installMethods: 'cdrom,nfs,http,ftp',
  otherConfig: { linux_template: 'true', ...release.otherConfig },
  limits: { ...largest, boots: release.firmware === 'uefi' ? anyBoot : biosOnly },
});

/** Releases of the age in which Xen ran them without firmware; here they boot as machines do, from their own media. */
const early = (name: string, label: string, bits: 32 | 64, otherConfig: Readonly<Record<string, string>>): TemplateRow => ({
  name: `${name} (${bits}-bit)`,
  description,
  referenceLabel: `${label}-${bits}bit`,
  memoryBytes: 1 * gib,
  memoryMinBytes: 512 * mib,
  vcpus: 1,
  firmware: { kind: 'bios', order: 'cdn' },
  platform: { ...everywhere, ...(otherConfig['rhel5'] === 'true' ? emulatedDevices : {}) },
  disks: systemDisk(8 * gib),
  installMethods: 'cdrom,nfs,http,ftp',
  otherConfig: { linux_template: 'true', ...otherConfig },
  limits: { memoryMaxBytes: (bits === 32 ? 16 : 128) * gib, vcpusMax: 32 },
});

const both = (name: string, label: string, otherConfig: Readonly<Record<string, string>>): readonly TemplateRow[] => [
  early(name, label, 32, otherConfig),
  early(name, label, 64, otherConfig),
];

const redHat5 = { 'install-distro': 'rhlike', rhel5: 'true' };
const redHat6 = { 'install-distro': 'rhlike', rhel6: 'true' };
const suse = { 'install-distro': 'sleslike', 'install-arch': 'x86_64' };
const suse32 = { 'install-distro': 'sleslike', 'install-arch': 'i386' };
const debianlike = { 'install-distro': 'debianlike' };

const debian: readonly TemplateRow[] = [
  early('Debian Squeeze 6.0', 'debian-6', 64, debianlike),
  early('Debian Wheezy 7.0', 'debian-7', 64, debianlike),
  ...(
    [
      ['Debian Jessie 8.0', 'debian-8', 'bios', 1024],
      ['Debian Stretch 9.0', 'debian-9', 'bios', 1024],
      ['Debian Buster 10', 'debian-10', 'bios', 1024],
      ['Debian Bullseye 11', 'debian-11', 'bios', 1024],
      ['Debian Bookworm 12', 'debian-12', 'uefi', 2048],
      ['Debian Trixie 13', 'debian-13', 'uefi', 2048],
    ] as const
  ).map(([name, label, firmware, memoryMib]) => current({ name, label, firmware, memoryMib, diskGib: 10 })),
];

const ubuntu: readonly TemplateRow[] = [
  early('Ubuntu Lucid Lynx 10.04', 'ubuntu-10.04', 64, debianlike),
  early('Ubuntu Precise Pangolin 12.04', 'ubuntu-12.04', 64, debianlike),
  ...(
    [
      ['Ubuntu Trusty Tahr 14.04', 'ubuntu-14.04', 'bios', 1024],
      ['Ubuntu Xenial Xerus 16.04', 'ubuntu-16.04', 'bios', 1024],
      ['Ubuntu Bionic Beaver 18.04', 'ubuntu-18.04', 'bios', 2048],
      ['Ubuntu Focal Fossa 20.04', 'ubuntu-20.04', 'uefi', 2048],
      ['Ubuntu Jammy Jellyfish 22.04', 'ubuntu-22.04', 'uefi', 2048],
      ['Ubuntu Noble Numbat 24.04', 'ubuntu-24.04', 'uefi', 2048],
    ] as const
  ).map(([name, label, firmware, memoryMib]) => current({ name, label, firmware, memoryMib, diskGib: 10 })),
];

const fedora: readonly TemplateRow[] = [
  early('Fedora 17', 'fedora-17', 64, { 'install-distro': 'rhlike', rhel6: 'true' }),
  ...[41, 42, 43].map(release =>
    current({ name: `Fedora ${release}`, label: `fedora-${release}`, firmware: 'uefi', memoryMib: 4096, diskGib: 15 }),
  ),
];

const enterprise: readonly TemplateRow[] = [
  ...both('CentOS 5', 'centos-5', redHat5),
  ...both('Red Hat Enterprise Linux 5', 'rhel-5', redHat5),
  // Its kernel for 32 bits is one that sees 64 GiB.
  { ...early('Oracle Enterprise Linux 5', 'oel-5', 32, redHat5), limits: { memoryMaxBytes: 64 * gib, vcpusMax: 32 } },
  early('Oracle Enterprise Linux 5', 'oel-5', 64, redHat5),
  ...both('CentOS 6', 'centos-6', redHat6),
  ...both('Red Hat Enterprise Linux 6', 'rhel-6', redHat6),
  ...both('Oracle Enterprise Linux 6', 'oel-6', redHat6),
  ...both('Scientific Linux 6', 'sl-6', redHat6),
  early('NeoKylin Linux Server 6', 'kylin-server-6', 64, { ...redHat6, 'install-arch': 'amd64' }),
  ...(
    [
      ['CentOS 7', 'centos-7', 'bios', 10, 2048],
      ['Red Hat Enterprise Linux 7', 'rhel-7', 'bios', 10, 2048],
      ['Oracle Linux 7', 'oel-7', 'bios', 10, 2048],
      ['Scientific Linux 7', 'sl-7', 'bios', 10, 2048],
      ['CentOS 8', 'centos-8', 'bios', 10, 4096],
      ['CentOS Stream 8', 'centos-stream-8', 'bios', 15, 4096],
      ['CentOS Stream 9', 'centos-9', 'bios', 10, 4096],
      ['CentOS Stream 10', 'centos-10', 'uefi', 10, 4096],
      ['Red Hat Enterprise Linux 8', 'rhel-8', 'uefi', 10, 4096],
      ['Red Hat Enterprise Linux 9', 'rhel-9', 'uefi', 10, 4096],
      ['Red Hat Enterprise Linux 10', 'rhel-10', 'uefi', 10, 4096],
      ['Rocky Linux 8', 'rocky-8', 'uefi', 10, 4096],
      ['Rocky Linux 9', 'rocky-9', 'uefi', 15, 4096],
      ['Rocky Linux 10', 'rocky-10', 'uefi', 15, 4096],
      ['AlmaLinux 8', 'alma-8', 'uefi', 10, 4096],
      ['AlmaLinux 9', 'alma-9', 'uefi', 10, 4096],
      ['AlmaLinux 10', 'alma-10', 'uefi', 10, 4096],
      ['Oracle Linux 9', 'oel-9', 'bios', 15, 4096],
      ['Oracle Linux 10', 'oel-10', 'uefi', 15, 4096],
    ] as const
  ).map(([name, label, firmware, diskGib, memoryMib]) => current({ name, label, firmware, diskGib, memoryMib })),
  current({ name: 'Oracle Linux 8', label: 'oel-8', firmware: 'uefi', diskGib: 10, memoryMib: 4096, vcpus: 2 }),
];

const suseLinux: readonly TemplateRow[] = [
  ...['SP3', 'SP4'].flatMap(pack => [
    early(`SUSE Linux Enterprise Server 11 ${pack}`, `sles-11-${pack.toLowerCase()}`, 32, suse32),
    early(`SUSE Linux Enterprise Server 11 ${pack}`, `sles-11-${pack.toLowerCase()}`, 64, suse),
  ]),
  early('SUSE Linux Enterprise Desktop 11 SP3', 'sled-11-sp3', 64, suse),
  ...(['Server', 'Desktop'] as const).flatMap(kind =>
    ['', ' SP1', ' SP2'].map(pack =>
      early(
        `SUSE Linux Enterprise ${kind} 12${pack}`,
        `${kind === 'Server' ? 'sles' : 'sled'}-12${pack.toLowerCase().replace(' ', '-')}`,
        64,
        suse,
      ),
    ),
  ),
  current({
    name: 'SUSE Linux Enterprise Server 12 SP5 (64-bit)',
    label: 'sles-12-sp5-64bit',
    firmware: 'bios',
    memoryMib: 2048,
    diskGib: 8,
    otherConfig: { 'install-arch': 'x86_64' },
  }),
  current({
    name: 'SUSE Linux Enterprise 15 (64-bit)',
    label: 'sle-15-64bit',
    firmware: 'uefi',
    memoryMib: 2048,
    diskGib: 8,
    otherConfig: { 'install-arch': 'x86_64' },
  }),
];

const others: readonly TemplateRow[] = [
  current({ name: 'Gooroom Platform 2.0', label: 'gooroom-2', firmware: 'bios', memoryMib: 2048, diskGib: 10 }),
  current({ name: 'Generic Linux BIOS', label: 'generic-linux-bios', firmware: 'bios', memoryMib: 2048, diskGib: 10 }),
  current({ name: 'Generic Linux UEFI', label: 'generic-linux-uefi', firmware: 'uefi', memoryMib: 2048, diskGib: 10 }),
];

export const linuxTemplates: readonly TemplateRow[] = [...debian, ...ubuntu, ...fedora, ...enterprise, ...suseLinux, ...others];
