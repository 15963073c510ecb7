// The templates a new pool has, as data.

import { tinyLinuxKey } from './tiny-linux.ts';
import type { DiskRequest } from './disks.ts';

const mib = 1024 * 1024;
const gib = 1024 * mib;

export interface TemplateRow {
  readonly name: string;
  readonly description: string;
  readonly referenceLabel: string;
  readonly memoryBytes: number;
  readonly memoryMinBytes: number;
  readonly vcpus: number;
  /** Firmware and boot order; absent: boots a kernel of the host. */
  readonly firmware?: { readonly kind: 'bios' | 'uefi'; readonly order: string };
  readonly kernelArgs?: string;
  readonly platform: Readonly<Record<string, string>>;
  readonly disks: readonly DiskRequest[];
  readonly installMethods: string;
  readonly otherConfig: Readonly<Record<string, string>>;
}

const usualPlatform = { nx: 'true', acpi: '1', apic: 'true', pae: 'true', hpet: 'true', vga: 'std', videoram: '8' };

const systemDisk = (sizeBytes: number): readonly DiskRequest[] => [{ device: '0', sizeBytes, sr: '', bootable: true, type: 'system' }];

export const templateRows: readonly TemplateRow[] = [
  {
    name: 'Other install media',
    description: 'A machine without disks that boots whatever medium is put into it',
    referenceLabel: 'other-install-media',
    memoryBytes: 256 * mib,
    memoryMinBytes: 128 * mib,
    vcpus: 1,
    firmware: { kind: 'bios', order: 'cd' },
    platform: usualPlatform,
    disks: [],
    installMethods: 'cdrom',
    otherConfig: {},
  },
  {
    name: 'Linux (generic)',
    description: 'Any current Linux: one system disk, booted first, then CD and network',
    referenceLabel: 'generic-linux',
    memoryBytes: 1 * gib,
    memoryMinBytes: 256 * mib,
    vcpus: 1,
    firmware: { kind: 'bios', order: 'cdn' },
    platform: usualPlatform,
    disks: systemDisk(8 * gib),
    installMethods: 'cdrom,http',
    otherConfig: { linux_template: 'true' },
  },
  {
    name: 'Tiny Linux',
    description: 'A built-in Linux that boots in seconds, for trying things out; its kernel is made on the host at the first start',
    referenceLabel: 'tiny-linux',
    memoryBytes: 128 * mib,
    memoryMinBytes: 64 * mib,
    vcpus: 1,
    kernelArgs: 'console=ttyS0 quiet',
    platform: usualPlatform,
    disks: systemDisk(64 * mib),
    installMethods: '',
    otherConfig: { [tinyLinuxKey]: 'true' },
  },
];
