// Which device a disk or a network card becomes and where it sits. The place follows from the number alone (userdevice, device), never
// from the order of plugging: a guest that moves finds every device where it left it.
//
//   pcie.0  ├ 2 display  ├ 3 bridge ─ hot.0: slots 1…16 disks 0…15, 17…30 network cards 0…13
//           └ 5 random numbers, 6 balloon, 7 serial bus (agent), 8 panic     ide.0…5: CD drives in their order
//
// Systems without drivers for paravirtual devices (platform:disk-bus=sata, platform:nic-model=e1000) find disks 0…5 on a SATA controller of
// their own, at 10; disks of higher numbers stay where they are, for when such drivers are there.

import type { JsonObject } from '../../../lib/json.ts';
import { type DiskSpec, DriverError, type GuestSpec, type NicSpec } from '../../hypervisor.ts';
import { deviceId, nodeName } from '../qmp/nodes.ts';

/** What of a guest decides which devices it has. */
export type DeviceModel = Pick<GuestSpec, 'platform' | 'vcpusMax'>;

export const BRIDGE = 'hot';
export const SATA = 'sata';
const SATA_PORTS = 6;
const DISK_SLOTS = 16;
const NIC_SLOTS = 14;
const CD_DRIVES = 6;
const MOST_DISK_QUEUES = 4;

const slot = (text: string, count: number, what: string): number => {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number < count)) throw new DriverError('bad-config', `${what} number ${text}: a guest has numbers 0 to ${count - 1}`);
  return number;
};

/**
 * The number of queues is a property that a move must find unchanged. Left to itself QEMU takes the number of processors at the time of
 * plugging, which may differ between the two sides; so it follows from the most the guest may have.
 */
const diskQueues = (vcpusMax: number): number => Math.min(vcpusMax, MOST_DISK_QUEUES);

export const hasSata = ({ platform }: Pick<GuestSpec, 'platform'>): boolean => platform['disk-bus'] === 'sata';

/** Whether the disk is on the controller that nothing can be plugged into while the guest runs. */
export const isOnSata = (disk: DiskSpec, model: DeviceModel): boolean =>
  disk.kind === 'disk' && hasSata(model) && Number(disk.userdevice) < SATA_PORTS;

export const diskDevice = (disk: DiskSpec, model: DeviceModel, bootIndex?: number): JsonObject => {
  if (disk.source === undefined) throw new DriverError('bad-config', `disk ${disk.userdevice} has no volume`);
  const number = slot(disk.userdevice, DISK_SLOTS, 'disk');
  const place = isOnSata(disk, model)
    ? { driver: 'ide-hd', bus: `${SATA}.${number}` }
    : { driver: 'virtio-blk-pci', bus: BRIDGE, addr: `0x${(number + 1).toString(16)}`, 'num-queues': diskQueues(model.vcpusMax) };
  return {
    ...place,
    id: deviceId('disk', disk.id),
    drive: nodeName(disk.id, disk.source.path),
    ...(bootIndex !== undefined && { bootindex: bootIndex }),
  };
};

/** `index` counts the guest's CD drives in the order of their numbers. */
export const cdDevice = (disk: DiskSpec, index: number, bootIndex?: number): JsonObject => {
  if (index >= CD_DRIVES) throw new DriverError('bad-config', `a guest has at most ${CD_DRIVES} CD drives`);
  return {
    driver: 'ide-cd',
    id: deviceId('cd', disk.id),
    bus: `ide.${index}`,
    ...(disk.source && { drive: nodeName(disk.id, disk.source.path) }),
    ...(bootIndex !== undefined && { bootindex: bootIndex }),
  };
};

const DEFAULT_MTU = 1500;

export const nicDevice = (nic: NicSpec, { platform }: Pick<GuestSpec, 'platform'>, bootIndex?: number): JsonObject => {
  const emulated = platform['nic-model'] === 'e1000';
  return {
    driver: emulated ? 'e1000' : 'virtio-net-pci',
    id: deviceId('nic', nic.id),
    bus: BRIDGE,
    addr: `0x${(slot(nic.device, NIC_SLOTS, 'network card') + 1 + DISK_SLOTS).toString(16)}`,
    mac: nic.mac,
    ...(nic.attachment.kind !== 'none' && { netdev: deviceId('net', nic.id) }),
    ...(nic.mtu !== DEFAULT_MTU && !emulated && { host_mtu: nic.mtu }),
    ...(bootIndex !== undefined && { bootindex: bootIndex }),
  };
};

export interface NicBackend {
  readonly type: string;
  readonly options: Readonly<Record<string, string | boolean>>;
}

/** The card's other end; undefined for a card that is connected to nothing. */
export const nicBackend = (nic: NicSpec): NicBackend | undefined => {
  const id = deviceId('net', nic.id);
  switch (nic.attachment.kind) {
    case 'tap':
      // Without offloads everywhere: a user-space switch loses UDP with them, and a guest that has found them on one host cannot move to
      // another whose network has none.
      return { type: 'tap', options: { id, ifname: nic.attachment.ifname, script: 'no', downscript: 'no', vnet_hdr: false } };
    case 'user':
      return { type: 'user', options: { id } };
    case 'none':
      return undefined;
    default:
      return nic.attachment satisfies never;
  }
};

/** CD drives in the order that gives them their places. */
export const cdDrives = (disks: readonly DiskSpec[]): readonly DiskSpec[] =>
  disks.filter(disk => disk.kind === 'cd').toSorted((a, b) => Number(a.userdevice) - Number(b.userdevice));

/** From XenAPI's order (c disk, d CD, n network) to the boot index of each device, by its id. */
export const bootIndexes = (order: string, disks: readonly DiskSpec[], nics: readonly NicSpec[]): ReadonlyMap<string, number> => {
  const hard = disks.filter(disk => disk.kind === 'disk').toSorted((a, b) => Number(a.userdevice) - Number(b.userdevice));
  const groups: Readonly<Record<string, readonly { readonly id: string }[]>> = {
    c: [...hard.filter(disk => disk.bootable), ...hard.filter(disk => !disk.bootable)],
    d: cdDrives(disks),
    n: nics.toSorted((a, b) => Number(a.device) - Number(b.device)),
  };
  const ids = [...new Set(order.toLowerCase())].flatMap(letter => groups[letter] ?? []).map(device => device.id);
  return new Map(ids.map((id, index) => [id, index + 1]));
};
