// From the records of a VM to what a hypervisor is asked to start. Pure: the sources of its disks and the attachments of its NICs are
// left open (`GuestDraft`) until the steps that make them are done.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import type { BootSpec, DiskSpec, GuestSpec, NicSpec } from '../../drivers/hypervisor.ts';
import type { NicAttachment, VifPort } from '../../drivers/network.ts';
import type { VolumeSource } from '../../drivers/storage.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { cpuFeaturesOf } from '../host/cpu-features.ts';
import { possibleMtu } from '../network/mtu.ts';
import { pciOf } from './pci.ts';

/** A guest but for what only running steps can tell. */
export type GuestDraft = Omit<GuestSpec, 'disks' | 'nics'> & {
  readonly disks: readonly Omit<DiskSpec, 'source'>[];
  readonly nics: readonly Omit<NicSpec, 'attachment'>[];
};

/** A disk of a VM with the volume behind it, if there is a medium. */
export interface VmDisk {
  readonly vbd: Ref<'VBD'>;
  readonly spec: Omit<DiskSpec, 'source'>;
  readonly volume?: { readonly sr: string; readonly id: string; readonly vdi: Ref<'VDI'>; readonly readOnly: boolean };
}

const deviceNumber = (userdevice: string): number => {
  const number = Number(userdevice);
  return Number.isInteger(number) ? number : Number.MAX_SAFE_INTEGER;
};

export const diskOf = (db: Reader, ref: Ref<'VBD'>, vbd: RecordOf<'VBD'> = db.need('VBD', ref)): VmDisk => {
  const readOnly = vbd.mode === 'RO' || vbd.type === 'CD';
  const spec = {
    id: vbd.uuid,
    userdevice: vbd.userdevice,
    kind: vbd.type === 'CD' ? 'cd' : 'disk',
    readOnly,
    bootable: vbd.bootable,
  } as const;
  if (vbd.empty || isNullRef(vbd.VDI)) return { vbd: ref, spec };
  const vdi = db.need('VDI', vbd.VDI);
  return { vbd: ref, spec, volume: { sr: db.need('SR', vdi.SR).uuid, id: vdi.uuid, vdi: vbd.VDI, readOnly } };
};

/** All disks in the order of their devices. */
export const disksOf = (db: Reader, vm: RecordOf<'VM'>): readonly VmDisk[] =>
  vm.VBDs.map(ref => diskOf(db, ref)).sort((a, b) => deviceNumber(a.spec.userdevice) - deviceNumber(b.spec.userdevice));

const lockingModeOf = (vif: RecordOf<'VIF'>, network: RecordOf<'network'>): VifPort['lockingMode'] =>
  vif.locking_mode === 'network_default' ? network.default_locking_mode : vif.locking_mode;

const rateOf = (vif: RecordOf<'VIF'>): { readonly rateKbps?: number } => {
  // XenAPI's "kbps" of the ratelimit algorithm are kilobytes.
  const rate = vif.qos_algorithm_type === 'ratelimit' ? Number(vif.qos_algorithm_params['kbps']) : Number.NaN;
  return Number.isFinite(rate) && rate > 0 ? { rateKbps: rate * 8 } : {};
};

export const portOf = (db: Reader, ref: Ref<'VIF'>): VifPort => {
  const vif = db.need('VIF', ref);
  const network = db.need('network', vif.network);
  return {
    id: vif.uuid,
    vmId: db.need('VM', vif.VM).uuid,
    bridge: network.bridge,
    device: vif.device,
    mac: vif.MAC,
    mtu: possibleMtu(vif.MTU),
    lockingMode: lockingModeOf(vif, network),
    ipv4Allowed: vif.ipv4_allowed,
    ipv6Allowed: vif.ipv6_allowed,
    ...rateOf(vif),
  };
};

/** All ports in the order of their devices. */
export const portsOf = (db: Reader, vm: RecordOf<'VM'>): readonly VifPort[] =>
  vm.VIFs.map(ref => portOf(db, ref)).sort((a, b) => deviceNumber(a.device) - deviceNumber(b.device));

const bootOf = (vm: RecordOf<'VM'>): BootSpec => {
  if (vm.HVM_boot_policy !== '') {
    const firmware = vm.HVM_boot_params['firmware'] === 'uefi' ? 'uefi' : 'bios';
    return { kind: 'firmware', firmware, order: vm.HVM_boot_params['order'] ?? 'cd' };
  }
  if (vm.PV_kernel === '') throw new XenError('INVALID_VALUE', ['kernel', '', 'File does not exist']);
  const ramdisk = vm.PV_ramdisk === '' ? {} : { ramdiskPath: vm.PV_ramdisk };
  return { kind: 'kernel', kernelPath: vm.PV_kernel, ...ramdisk, args: vm.PV_args };
};

const devicesOf = (vm: RecordOf<'VM'>): Pick<GuestSpec, 'pci'> => {
  const pci = pciOf(vm);
  return pci.length === 0 ? {} : { pci };
};

const levelOf = (db: Reader, vm: RecordOf<'VM'>): Pick<GuestSpec, 'cpuFeatures'> => {
  const cpuFeatures = cpuFeaturesOf(db, vm);
  return cpuFeatures === undefined ? {} : { cpuFeatures };
};

/** Throws INVALID_VALUE for a VM that has nothing to boot, or names PCI devices or processor features that cannot be. */
export const draftOf = (db: Reader, vm: RecordOf<'VM'>): GuestDraft => ({
  id: vm.uuid,
  name: vm.name_label,
  vcpusAtStartup: vm.VCPUs_at_startup,
  vcpusMax: vm.VCPUs_max,
  memoryStaticMaxBytes: vm.memory_static_max,
  memoryTargetBytes: Math.min(vm.memory_static_max, Math.max(vm.memory_dynamic_max, vm.memory_dynamic_min)),
  boot: bootOf(vm),
  ...(vm.domain_type !== 'unspecified' && { domainType: vm.domain_type }),
  platform: vm.platform,
  disks: disksOf(db, vm).map(disk => disk.spec),
  nics: portsOf(db, vm).map(port => ({ id: port.id, device: port.device, mac: port.mac, mtu: port.mtu })),
  ...devicesOf(vm),
  ...levelOf(db, vm),
});

/** Fills a draft: `source` by VBD uuid (none for an empty drive), `attachment` by VIF uuid. */
export const completed = (
  draft: GuestDraft,
  source: (vbdUuid: string) => VolumeSource | undefined,
  attachment: (vifUuid: string) => NicAttachment,
): GuestSpec => ({
  ...draft,
  disks: draft.disks.map(disk => {
    const found = source(disk.id);
    return found ? { ...disk, source: found } : disk;
  }),
  nics: draft.nics.map(nic => ({ ...nic, attachment: attachment(nic.id) })),
});

/** The whole spec of a VM whose disks are open and whose ports are plugged. */
export const guestSpec = (
  db: Reader,
  ref: Ref<'VM'>,
  sources: ReadonlyMap<string, VolumeSource>,
  attachments: ReadonlyMap<string, NicAttachment>,
): GuestSpec =>
  completed(
    draftOf(db, db.need('VM', ref)),
    id => sources.get(id),
    id => attachments.get(id) ?? { kind: 'none' },
  );
