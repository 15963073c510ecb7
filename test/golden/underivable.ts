// Fields that the recorded server computed by other calls, so that no dump of records holds them: these lines are left out on both sides.

const names = [
  'remaining-capacity',
  'supported-sr-types',
  'license-state',
  'https-only',
  'ssh-enabled',
  'ssh-enabled-timeout',
  'ssh-expiry',
  'ssh-auto-mode',
  'console-idle-timeout',
  'memory-target',
  'allowed-VBD-devices',
  'allowed-VIF-devices',
  'possible-hosts',
  'VCPUs-utilisation',
  'cooperative',
  'memory-free-computed',
  'attachable',
  'io_read_kbs',
  'io_write_kbs',
  'enabled-VGPU-types',
  'supported-VGPU-types',
  'secret',
];

// A case that only fails is none of these: what it shows is the failure.
const line = new RegExp(`^ *(?:${names.join('|')}) \\(.{3}\\)(?: \\[DEPRECATED\\])?: .*$\\n?`, 'gm');

/** `param-get` of such a field, or a filter by its value. */
export const asksForUnderivable = ({ argv }: { readonly argv: readonly string[] }): boolean =>
  argv.some(word => names.some(name => word === `param-name=${name}` || word.startsWith(`${name}=`)) && !word.endsWith('='));

export const withoutUnderivable = (text: string): string => text.replaceAll(line, '');
