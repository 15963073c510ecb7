// From a guest's specification to the text that `xl create` reads. Pure. No secret is ever part of it.
//
// Every guest has a QEMU beside it, whatever it boots: its disks are qdisks (chains, live snapshots, mirrors), and its frame buffer alone asks
// for one, so that disks can be plugged later into a guest that started without any. That QEMU opens two monitors of our own: libxl's belong to libxl
// and to its statistics. A guest that stops for whatever reason stays there, shut down, until this driver has seen why.

import { DriverError, type GuestSpec } from '../../hypervisor.ts';
import { diskText, presentDisks } from './disks.ts';
import { driveArguments } from './drives.ts';
import { type DomainKind, domainKind } from './kind.ts';
import { nicText } from './nics.ts';
import type { XenPaths } from './paths.ts';
import { schedulingLines } from './scheduling.ts';

const MIB = 1 << 20;

/** A text as xl's configuration writes it. Throws `bad-config` for what it cannot hold. */
export const quoted = (text: string): string => {
  if (/\p{Cc}/u.test(text)) throw new DriverError('bad-config', 'a control character cannot be part of a guest’s configuration');
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
};

type Value = string | number | readonly string[];

const line = ([key, value]: readonly [string, Value]): string => {
  if (typeof value === 'number') return `${key} = ${value}`;
  return `${key} = ${typeof value === 'string' ? quoted(value) : `[ ${value.map(quoted).join(', ')} ]`}`;
};

/**
 * Names are unique on a Xen host, and XenAPI's are not: so the uuid is part of it. What people see in `xl list` begins with the name they gave.
 */
export const domainName = ({ id, name }: Pick<GuestSpec, 'id' | 'name'>): string => {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 24);
  return plain === '' ? id : `${plain}.${id}`;
};

const mib = (bytes: number): number => Math.ceil(bytes / MIB);

const memoryLines = (spec: GuestSpec): readonly (readonly [string, Value])[] => {
  if (spec.memoryTargetBytes <= 0 || spec.memoryTargetBytes > spec.memoryStaticMaxBytes) {
    throw new DriverError(
      'bad-config',
      `a memory target of ${spec.memoryTargetBytes} bytes is not within the guest's ${spec.memoryStaticMaxBytes}`,
    );
  }
  return [
    ['memory', mib(spec.memoryTargetBytes)],
    ['maxmem', mib(spec.memoryStaticMaxBytes)],
  ];
};

const cpuLines = ({ vcpusAtStartup, vcpusMax }: GuestSpec): readonly (readonly [string, Value])[] => {
  if (vcpusAtStartup < 1 || vcpusMax < vcpusAtStartup) {
    throw new DriverError('bad-config', `a guest with ${vcpusAtStartup} of at most ${vcpusMax} vCPUs cannot be`);
  }
  return [
    ['vcpus', vcpusAtStartup],
    ['maxvcpus', vcpusMax],
  ];
};

const bootLines = (spec: GuestSpec, kind: DomainKind): readonly (readonly [string, Value])[] => {
  const { boot } = spec;
  switch (boot.kind) {
    case 'kernel':
      return [
        ['kernel', boot.kernelPath],
        ...(boot.ramdiskPath === undefined ? [] : [['ramdisk', boot.ramdiskPath] as const]),
        ['extra', boot.args],
      ];
    case 'firmware':
      if (kind !== 'hvm') throw new DriverError('bad-config', `a ${kind} guest boots a kernel, not firmware`);
      return [
        ['bios', boot.firmware === 'uefi' ? 'ovmf' : 'seabios'],
        ['boot', boot.order.toLowerCase().replaceAll(/[^cdn]/g, '')],
      ];
    default:
      return boot satisfies never;
  }
};

/** `seize`: whatever driver of dom0 has the device lets go of it. */
const pciLines = ({ pci = [] }: GuestSpec): readonly (readonly [string, Value])[] =>
  pci.length === 0 ? [] : [['pci', pci.map(address => `${address},seize=1`)]];

/** The unix socket as QEMU's `-vnc` takes it: a text with a colon goes there as it is. */
const vncAddress = (paths: XenPaths): string => `unix:${paths.vnc}`;

const hvmLines = ({ platform }: GuestSpec, paths: XenPaths): readonly (readonly [string, Value])[] => [
  ['vnc', 1],
  ['vnclisten', vncAddress(paths)],
  ['vncunused', 0],
  ['vga', platform['vga'] === 'none' ? 'none' : 'stdvga'],
  ['serial', `unix:${paths.serial},server=on,wait=off`],
  ['acpi', platform['acpi'] === 'false' || platform['acpi'] === '0' ? 0 : 1],
  ['apic', platform['apic'] === 'false' || platform['apic'] === '0' ? 0 : 1],
  ['viridian', platform['viridian'] === 'true' || platform['viridian'] === '1' ? 1 : 0],
  ['nestedhvm', platform['nested-virt'] === 'true' || platform['nested-virt'] === '1' ? 1 : 0],
  ...(platform['usb_tablet'] === 'true'
    ? ([
        ['usb', 1],
        ['usbdevice', ['tablet']],
      ] as const)
    : []),
];

const frameBuffer = (paths: XenPaths): readonly (readonly [string, Value])[] => [
  ['vfb', [`vnc=1,vnclisten=${vncAddress(paths)},vncunused=0`]],
];

const monitors = (paths: XenPaths): readonly string[] =>
  [paths.monitor, paths.secondMonitor].flatMap(path => ['-qmp', `unix:${path},server=on,wait=off`]);

/**
 * The whole text; `cpuid`: the registers of a guest that boots, of which it is refused something. Throws `bad-config` for what cannot be, `unsupported` for
 * what this driver does not do.
 */
export const xlConfig = (spec: GuestSpec, paths: XenPaths, cpuid: readonly string[] = []): string => {
  const kind = domainKind(spec);
  const lines: readonly (readonly [string, Value])[] = [
    ['name', domainName(spec)],
    ['uuid', spec.id],
    ['type', kind],
    ...cpuLines(spec),
    ...schedulingLines(spec),
    ...(cpuid.length === 0 ? [] : [['cpuid', cpuid] as const]),
    ...memoryLines(spec),
    ...bootLines(spec, kind),
    ['disk', presentDisks(spec, kind).map(disk => diskText(disk, kind))],
    ['vif', spec.nics.map(nic => nicText(nic, kind, paths))],
    ...pciLines(spec),
    ...(kind === 'hvm' ? hvmLines(spec, paths) : frameBuffer(paths)),
    ['device_model_args', [...monitors(paths), ...(kind === 'hvm' ? driveArguments(spec) : [])]],
    ...['on_poweroff', 'on_reboot', 'on_crash', 'on_watchdog'].map(key => [key, 'preserve'] as const),
  ];
  return `${lines.map(line).join('\n')}\n`;
};
