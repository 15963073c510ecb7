// What a parameter takes, by its name alone: where no call of the API says it.

import type { CliClassName } from '../records/classes.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

export const flags = words(
  'all all-hosts compress copy database-restore dry-run enabled force full if-missing if-present include-snapshots ldaps live managed metadata minimal multiple on-boot online paused preserve preserve-power-state progress public read-only refresh sharable shared unpluggable unsafe bootable ca verify',
);

export const files = words(
  'filename file-name license-file remote-password-file private-key certificate certificate-chain certificate-file user-data network-config f',
);

export const sizes = words('virtual-size disk-size target bandwidth');

export const numbers = words('downtime MTU timeout retained-snapshots priority parallel burst-size fill-rate');

/** By name or uuid. */
export const names: Readonly<Record<string, CliClassName>> = {
  on: 'host',
  host: 'host',
  'host-name': 'host',
  template: 'template',
  vm: 'vm',
  sr: 'sr',
  'sr-name-label': 'sr',
};

const bondModes = ['balance-slb', 'active-backup', 'lacp'] as const;
const imageForms = ['raw', 'vhd', 'qcow2'] as const;
const compressions = ['true', 'false', 'gzip', 'zstd'] as const;
const vdiTypes = ['user', 'system', 'suspend', 'crashdump'] as const;
const roles = ['pool-admin', 'pool-operator', 'vm-power-admin', 'vm-admin', 'vm-operator', 'read-only'] as const;

/** By parameter, or `command parameter`. */
export const choices: Readonly<Record<string, readonly string[]>> = {
  'bond-create mode': bondModes,
  'bond-set-mode mode': bondModes,
  'completion shell': ['bash', 'zsh', 'fish'],
  'dest-img-format': imageForms,
  format: [...imageForms, 'tar'],
  frequency: ['hourly', 'daily', 'weekly'],
  output: ['tar.bz2', 'tar', 'zip'],
  placement: ['normal', 'anti-affinity'],
  purpose: ['licensing', 'ldaps'],
  'role-name': roles,
  'snapshot-export-to-template compress': compressions,
  'template-export compress': compressions,
  'tunnel-create protocol': ['gre', 'vxlan'],
  'vbd-create mode': ['RW', 'RO'],
  'vbd-create type': ['Disk', 'CD', 'Floppy'],
  'vdi-create type': vdiTypes,
  'vdi-introduce type': vdiTypes,
  'vif-configure-ipv4 mode': ['None', 'Static', 'DHCP'],
  'vif-configure-ipv6 mode': ['None', 'Static', 'Autoconf'],
  'vm-export compress': compressions,
  'vmss-create type': ['snapshot', 'checkpoint', 'snapshot_with_quiesce'],
};
