// Every setting of hostd, once: its option, its key in the YAML file, its default, its words in the help. Options win over the file.

import { logLevels } from './log.ts';

export interface SettingRow {
  /** Option `--name`; the key in the file is the same word. */
  readonly name: string;
  readonly kind: 'text' | 'list' | 'flag';
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

export const settingRows = [
  {
    name: 'state-dir',
    kind: 'text',
    value: 'DIR',
    help: 'where the database, the certificate and local disks are kept (root: /var/lib/xcp)',
  },
  {
    name: 'listen',
    kind: 'list',
    value: 'ADDRESS',
    help: 'unix:PATH, tls:ADDRESS:PORT or tcp:ADDRESS:PORT; ADDRESS may be * (all) or management (those of the management interface alone, also when it moves); repeatable (default: unix:STATE-DIR/xapi and TLS on port 443, 8443 if not root)',
  },
  { name: 'simulate', kind: 'flag', help: 'nothing real: hypervisor, storage and network are simulated' },
  {
    name: 'records',
    kind: 'text',
    value: 'FILE',
    help: 'with --simulate: serve this recorded pool (class, reference, record; JSON or gzip), loaded at the first start of the state directory',
  },
  {
    name: 'hypervisor',
    kind: 'text',
    value: 'KIND',
    choices: ['auto', 'xen', 'qemu', 'sim'],
    help: 'what runs the guests (default auto: Xen in the control domain of a Xen host, else QEMU)',
  },
  {
    name: 'memory',
    kind: 'text',
    value: 'SIZE',
    help: 'of the machine, what guests may have together, as 8GiB (default: all); for hosts that share a machine',
  },
  {
    name: 'network',
    kind: 'text',
    value: 'KIND',
    choices: ['auto', 'ovs', 'user', 'sim'],
    help: 'what connects the guests (default auto)',
  },
  {
    name: 'private-switch',
    kind: 'flag',
    help: 'where Open vSwitch is installed but does not run: start one for the xcp hosts of this machine',
  },
  {
    name: 'nics',
    kind: 'list',
    value: 'DEVICE',
    help: 'network interfaces that Open vSwitch may take onto bridges: all, none (the default) or the names of some; repeatable',
  },
  { name: 'host-name', kind: 'text', value: 'NAME', help: "name of the host at its first start (default: the machine's name)" },
  {
    name: 'migration-address',
    kind: 'text',
    value: 'ADDRESS',
    help: 'address that migration streams from other hosts arrive at (default: the TLS address, else the first address of the machine)',
  },
  { name: 'log-level', kind: 'text', value: 'LEVEL', choices: logLevels, help: 'error, warn, info or debug (default info)' },
  {
    name: 'log-format',
    kind: 'text',
    value: 'FORMAT',
    choices: ['json', 'text'],
    help: 'json or text (default: text on a terminal, else json)',
  },
] as const satisfies readonly SettingRow[];

export type SettingName = (typeof settingRows)[number]['name'];

export const settingsHelp = (): string => {
  const rows: readonly SettingRow[] = settingRows;
  const lines = rows.map(row => `  ${`--${row.name}${row.value === undefined ? '' : ` ${row.value}`}`.padEnd(30)}${row.help}`);
  return [
    'Usage: xcp hostd [options]            serve the XenAPI of this host',
    '       xcp hostd passwd USER [--role ROLE] [--state-dir DIR]',
    '                                      set a password (read from the terminal or standard input)',
    '',
    'Options (each may also stand in the YAML file given by --config, under the same name):',
    `  ${'--config FILE'.padEnd(30)}YAML file with settings`,
    ...lines,
    `  ${'--help'.padEnd(30)}this text`,
    '',
  ].join('\n');
};
