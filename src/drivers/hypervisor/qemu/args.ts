// From a guest's specification to QEMU's command line. Pure. No secret is ever an argument: keys of a migration go over the monitor.

import { DriverError, type GuestSpec } from '../../hypervisor.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { BRIDGE, bootIndexes, cdDevice, cdDrives, diskDevice, hasSata, nicBackend, nicDevice, SATA } from './devices.ts';
import { openVolume } from '../qmp/nodes.ts';
import type { GuestPaths } from '../guest-paths.ts';

/** The oldest machine that all supported QEMUs have: a guest may move between hosts whose QEMUs differ. */
const MACHINE = 'pc-q35-7.2';
const UEFI_FIRMWARE = '/usr/share/ovmf/OVMF.fd';
/** Translated code kept per guest, MiB: enough for small guests, and a tenth of the default. */
const TCG_CACHE_MIB = 64;

export interface LaunchOptions {
  readonly spec: GuestSpec;
  readonly paths: GuestPaths;
  readonly accelerator: 'kvm' | 'tcg';
  /** Waits for a memory stream instead of booting. */
  readonly incoming: boolean;
}

const escapeCommas = (value: string): string => value.replaceAll(',', ',,');

/** `type,key=value…`, for the options that do not take JSON. */
const optionText = (first: string, fields: Readonly<Record<string, string | boolean>>): string =>
  [
    first,
    ...Object.entries(fields).map(([key, value]) => `${key}=${typeof value === 'boolean' ? onOff(value) : escapeCommas(value)}`),
  ].join(',');

const onOff = (value: boolean): string => (value ? 'on' : 'off');

const device = (fields: JsonObject): string[] => ['-device', JSON.stringify(fields)];

const socketChardev = (id: string, path: string, more: Readonly<Record<string, string>> = {}): string[] => [
  '-chardev',
  optionText('socket', { id, path, server: 'on', wait: 'off', ...more }),
];

const machineArguments = ({ spec, accelerator }: LaunchOptions): string[] =>
  [
    ['-machine', `${MACHINE},vmport=off,dump-guest-core=off`],
    ['-accel', accelerator === 'kvm' ? 'kvm' : `tcg,thread=multi,tb-size=${TCG_CACHE_MIB}`],
    ['-cpu', spec.cpuModel ?? (accelerator === 'kvm' ? 'host' : 'max')],
    ['-smp', cpuTopology(spec)],
    ['-m', `size=${Math.ceil(spec.memoryStaticMaxBytes / 8192) * 8}k`],
    ['-rtc', 'base=utc'],
    ['-nodefaults', '-no-user-config', '-display', 'none'],
    ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ['-action', 'panic=pause'],
  ].flat();

const cpuTopology = ({ vcpusAtStartup, vcpusMax, platform }: GuestSpec): string => {
  if (vcpusAtStartup < 1 || vcpusMax < vcpusAtStartup) {
    throw new DriverError('bad-config', `a guest with ${vcpusAtStartup} of at most ${vcpusMax} vCPUs cannot be`);
  }
  const wanted = Number(platform['cores-per-socket'] ?? 1);
  const cores = Number.isInteger(wanted) && wanted > 0 && vcpusMax % wanted === 0 ? wanted : 1;
  return `cpus=${vcpusAtStartup},maxcpus=${vcpusMax},sockets=${vcpusMax / cores},cores=${cores},threads=1`;
};

const bootArguments = ({ boot }: GuestSpec): string[] => {
  switch (boot.kind) {
    case 'kernel':
      return ['-kernel', boot.kernelPath, ...(boot.ramdiskPath === undefined ? [] : ['-initrd', boot.ramdiskPath]), '-append', boot.args];
    case 'firmware':
      return boot.firmware === 'uefi' ? ['-bios', UEFI_FIRMWARE] : [];
    default:
      return boot satisfies never;
  }
};

const ttyArguments = (paths: GuestPaths): string[] =>
  [
    socketChardev('monitor-1', paths.monitor),
    ['-mon', 'chardev=monitor-1,mode=control'],
    socketChardev('monitor-2', paths.secondMonitor),
    ['-mon', 'chardev=monitor-2,mode=control'],
    socketChardev('serial', paths.serial, { logfile: paths.serialLog, logappend: 'on' }),
    device({ driver: 'isa-serial', chardev: 'serial' }),
    socketChardev('agent', paths.agent),
    device({ driver: 'virtio-serial-pci', id: 'serial-bus', addr: '0x7' }),
    device({ driver: 'virtserialport', id: 'agent-port', bus: 'serial-bus.0', chardev: 'agent', name: 'org.qemu.guest_agent.0' }),
  ].flat();

const platformArguments = (spec: GuestSpec, paths: GuestPaths): string[] =>
  [
    spec.platform['vga'] === 'none' ? [] : device({ driver: 'VGA', addr: '0x2' }),
    ['-vnc', `unix:${escapeCommas(paths.vnc)}`],
    device({ driver: 'pcie-pci-bridge', id: BRIDGE, addr: '0x3' }),
    device({ driver: 'virtio-rng-pci', addr: '0x5' }),
    device({ driver: 'virtio-balloon-pci', id: 'balloon', addr: '0x6', 'deflate-on-oom': true }),
    device({ driver: 'pvpanic-pci', addr: '0x8' }),
    ...(hasSata(spec) ? [device({ driver: 'ahci', id: SATA, addr: '0xa' })] : []),
    ...(spec.platform['usb_tablet'] === 'true'
      ? [device({ driver: 'qemu-xhci', id: 'usb', addr: '0x9' }), device({ driver: 'usb-tablet' })]
      : []),
  ].flat();

const diskArguments = (spec: GuestSpec, boot: ReadonlyMap<string, number>): string[] => {
  const drives = cdDrives(spec.disks);
  return spec.disks.flatMap(disk => {
    const node = disk.source && openVolume(disk.id, disk.source, { readOnly: disk.readOnly || disk.kind === 'cd', below: 'chain' });
    const fields = disk.kind === 'cd' ? cdDevice(disk, drives.indexOf(disk), boot.get(disk.id)) : diskDevice(disk, spec, boot.get(disk.id));
    return [...(node === undefined ? [] : ['-blockdev', JSON.stringify(node)]), ...device(fields)];
  });
};

const nicArguments = (spec: GuestSpec, boot: ReadonlyMap<string, number>): string[] =>
  spec.nics.flatMap(nic => {
    const backend = nicBackend(nic);
    return [
      ...(backend === undefined ? [] : ['-netdev', optionText(backend.type, backend.options)]),
      ...device(nicDevice(nic, spec, boot.get(nic.id))),
    ];
  });

/** The guest is always started stopped (`-S`): it runs when its driver has hold of it and says so. */
export const qemuArguments = (options: LaunchOptions): string[] => {
  const { spec, paths } = options;
  if (spec.pci !== undefined) {
    throw new DriverError(
      'unsupported',
      `${spec.name} is to get PCI devices of the host (other-config:pci), which only a host of Xen can give`,
    );
  }
  const boot = spec.boot.kind === 'firmware' ? bootIndexes(spec.boot.order, spec.disks, spec.nics) : new Map<string, number>();
  return [
    '-name',
    `guest=${escapeCommas(spec.name)}`,
    '-uuid',
    spec.id,
    '-pidfile',
    paths.pidFile,
    '-S',
    ...machineArguments(options),
    ...bootArguments(spec),
    ...ttyArguments(paths),
    ...platformArguments(spec, paths),
    ...diskArguments(spec, boot),
    ...nicArguments(spec, boot),
    ...(options.incoming ? ['-incoming', 'defer'] : []),
  ];
};
