// The contents of Tiny Linux's first (and only) root file system, as data.

import { gzipSync } from 'node:zlib';
import { agentScript } from './agent-script.ts';
import { type CpioEntry, writeCpio } from './cpio.ts';
import type { KernelModule } from './modules.ts';
import {
  cardUpScript,
  firstBootScript,
  initScript,
  leaseScript,
  offScript,
  pluggedScript,
  powerScript,
  servicesScript,
} from './system-scripts.ts';
import { xenAgentScript } from './xen-agent-script.ts';
import { counterScript, writesScript } from './workload-scripts.ts';

/** Loaded in this order, each after what it needs. */
export const WANTED_MODULES: readonly string[] = [
  'virtio_pci',
  'virtio_blk',
  'virtio_net',
  'virtio_console',
  'virtio_balloon',
  'virtio_rng',
  'evdev',
  'button',
  'pvpanic_pci',
  'isofs',
  'xen_blkfront',
  'xen_netfront',
];

const directory = (path: string): CpioEntry => ({ kind: 'directory', path, mode: 0o755 });
const program = (path: string, text: string): CpioEntry => ({ kind: 'file', path, mode: 0o755, data: Buffer.from(text) });
const text = (path: string, content: string): CpioEntry => ({ kind: 'file', path, mode: 0o644, data: Buffer.from(content) });

const SYSTEM: readonly CpioEntry[] = [
  program('init', initScript),
  program('bin/services', servicesScript),
  program('bin/first-boot', firstBootScript),
  program('bin/card-up', cardUpScript),
  program('bin/lease', leaseScript),
  program('bin/plugged', pluggedScript),
  program('bin/counter', counterScript),
  program('bin/writes', writesScript),
  program('bin/agent', agentScript),
  program('bin/power', powerScript),
  program('bin/xen-agent', xenAgentScript),
  program('sbin/poweroff', offScript('poweroff')),
  program('sbin/reboot', offScript('reboot')),
  text('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'),
  text('etc/group', 'root:x:0:\n'),
];

const DIRECTORIES = ['bin', 'dev', 'etc', 'lib', 'lib/modules', 'proc', 'root', 'run', 'sbin', 'sys', 'tmp', 'var', 'var/run'];

/** The compressed archive. `applets` are the names under which busybox answers. */
export function makeRamdisk(busybox: Uint8Array, applets: readonly string[], modules: readonly KernelModule[]): Buffer {
  const order = modules.map(module => `${module.name}.ko\n`).join('');
  const entries: readonly CpioEntry[] = [
    ...DIRECTORIES.map(directory),
    { kind: 'character-device', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
    { kind: 'file', path: 'bin/busybox', mode: 0o755, data: busybox },
    ...applets
      .filter(applet => applet !== 'busybox')
      .map((applet): CpioEntry => ({ kind: 'symlink', path: `bin/${applet}`, target: 'busybox' })),
    ...SYSTEM,
    text('lib/modules/order', order),
    ...modules.map((module): CpioEntry => ({ kind: 'file', path: `lib/modules/${module.name}.ko`, mode: 0o644, data: module.data })),
  ];
  return gzipSync(writeCpio(entries), { level: 6 });
}
