// What a template is, as data, and the pieces that many have in common.

import type { DiskRequest } from './disks.ts';

export const mib = 1024 * 1024;
export const gib = 1024 * mib;
export const tib = 1024 * gib;

export interface TemplateLimits {
  readonly memoryMaxBytes: number;
  readonly vcpusMin?: number;
  readonly vcpusMax: number;
  /** What the guest's system can boot by; absent: nothing is said. */
  readonly boots?: { readonly bios: boolean; readonly uefi: boolean; readonly secureBoot: boolean };
}

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
  /** Where an installer may come from: cdrom, nfs, http, ftp. */
  readonly installMethods: string;
  readonly otherConfig: Readonly<Record<string, string>>;
  readonly limits: TemplateLimits;
  /** Revision of the list that brought it; absent: the current one. See install.ts. */
  readonly since?: number;
}

export const everywhere = { nx: 'true', acpi: '1', apic: 'true', pae: 'true', hpet: 'true' };
export const withDisplay = { ...everywhere, vga: 'std', videoram: '8' };

/** For systems that came before the paravirtual devices: disks 0 to 5 on a SATA controller, network cards that every system knows. */
export const emulatedDevices = { 'disk-bus': 'sata', 'nic-model': 'e1000' };

export const systemDisk = (sizeBytes: number, bootable = true): readonly DiskRequest[] => [
  { device: '0', sizeBytes, sr: '', bootable, type: 'system' },
];

export const anyBoot = { bios: true, uefi: true, secureBoot: true };
export const biosOnly = { bios: true, uefi: false, secureBoot: false };
export const uefiOnly = { bios: false, uefi: true, secureBoot: true };

/** The most a current guest may have. */
export const largest: TemplateLimits = { memoryMaxBytes: 1.5 * tib, vcpusMax: 64 };
