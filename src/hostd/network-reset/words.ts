// The words of `host-network-reset`, which are those of `xe-reset-networking`. Pure.

import { parseArgs } from 'node:util';
import type { NetworkSettings } from '../../ops/network/reset/settings.ts';
import { SettingsError } from '../settings.ts';

export interface ResetWords {
  readonly stateDir: string | undefined;
  readonly isHelp: boolean;
  readonly isSure: boolean;
  readonly master: string | undefined;
  readonly keepsNames: boolean;
  readonly given: Partial<NetworkSettings>;
  readonly noVlan: boolean;
}

const MAX_TAG = 4094;

const options = {
  help: { type: 'boolean', short: 'h' },
  master: { type: 'string', short: 'm' },
  device: { type: 'string' },
  mode: { type: 'string' },
  'mode-v6': { type: 'string' },
  vlan: { type: 'string' },
  novlan: { type: 'boolean' },
  ip: { type: 'string' },
  ipv6: { type: 'string' },
  netmask: { type: 'string' },
  gateway: { type: 'string' },
  'gateway-v6': { type: 'string' },
  dns: { type: 'string' },
  'keep-interface-name-rules': { type: 'boolean' },
  'state-dir': { type: 'string' },
  yes: { type: 'boolean' },
} as const;

const rows: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>> = options;

/** As other commands are given theirs: `device=eth0` for `--device=eth0`, `yes=true` for `--yes`. */
const dashed = (words: readonly string[]): string[] =>
  words.flatMap((word, at) => {
    const [, name = '', value = ''] = /^(?:--)?([a-z][a-z0-9-]*)=(.*)$/s.exec(word) ?? [];
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (row === undefined || takesNext(words[at - 1])) return [word];
    if (row.type === 'string') return [`--${name}=${value}`];
    if (value !== 'true' && value !== 'false') throw new SettingsError(`--${name} is true or false, not '${value}'`);
    return value === 'true' ? [`--${name}`] : [];
  });

/** The word after it is its value. */
const takesNext = (word = ''): boolean => word === '-m' || (word.startsWith('--') && rows[word.slice(2)]?.type === 'string');

const parse = (argv: readonly string[]) => {
  const args = dashed(argv);
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new SettingsError(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error), { cause: error });
  }
};

const choice = <T extends string>(name: string, value: string | undefined, choices: readonly T[]): T | undefined => {
  if (value === undefined) return undefined;
  const found = choices.find(each => each === value);
  if (found === undefined) throw new SettingsError(`--${name}: '${value}' is not one of ${choices.join(', ')}`);
  return found;
};

const tagOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const tag = /^\d{1,4}$/.test(text) ? Number(text) : -1;
  if (tag < 0 || tag > MAX_TAG) throw new SettingsError(`--vlan: a VLAN is a number from 0 to ${MAX_TAG}, not '${text}'`);
  return tag;
};

export const parseResetWords = (argv: readonly string[]): ResetWords => {
  const values = parse(argv);
  const mode = choice('mode', values.mode, ['none', 'dhcp', 'static'] as const);
  const modeV6 = choice('mode-v6', values['mode-v6'], ['none', 'dhcp', 'autoconf', 'static'] as const);
  const vlan = tagOf(values.vlan);
  if (vlan !== undefined && vlan > 0 && values.novlan === true) throw new SettingsError('--vlan and --novlan contradict each other');
  const { device, ip, ipv6, netmask, gateway, 'gateway-v6': gatewayV6, dns } = values;
  const given: Partial<NetworkSettings> = {
    ...(device !== undefined && { device }),
    ...(mode !== undefined && { mode }),
    ...(modeV6 !== undefined && { modeV6 }),
    ...(vlan !== undefined && vlan > 0 && { vlan }),
    ...(ip !== undefined && { ip }),
    ...(ipv6 !== undefined && { ipv6 }),
    ...(netmask !== undefined && { netmask }),
    ...(gateway !== undefined && { gateway }),
    ...(gatewayV6 !== undefined && { gatewayV6 }),
    ...(dns !== undefined && { dns: dns.split(',').filter(server => server !== '') }),
  };
  return {
    stateDir: values['state-dir'],
    isHelp: values.help === true,
    isSure: values.yes === true,
    master: values.master,
    keepsNames: values['keep-interface-name-rules'] === true,
    given,
    noVlan: values.novlan === true || vlan === 0,
  };
};

/** What was given over what is stored: an address that is given stands for a static one. */
export const mergeSettings = (stored: NetworkSettings | undefined, { given, noVlan }: ResetWords): NetworkSettings | undefined => {
  const device = given.device ?? stored?.device;
  if (device === undefined) return undefined;
  const mode = given.mode ?? (given.ip === undefined ? undefined : 'static');
  const modeV6 = given.modeV6 ?? (given.ipv6 === undefined ? undefined : 'static');
  const empty: NetworkSettings = {
    device,
    mode: 'none',
    modeV6: 'none',
    ip: '',
    netmask: '',
    gateway: '',
    ipv6: '',
    gatewayV6: '',
    dns: [],
  };
  const { vlan: storedVlan, ...base } = stored ?? empty;
  const vlan = noVlan ? undefined : (given.vlan ?? storedVlan);
  return { ...base, ...given, device, ...(mode && { mode }), ...(modeV6 && { modeV6 }), ...(vlan !== undefined && { vlan }) };
};

export const resetHelp = (program: string): string =>
  [
    `Usage: ${program} [options]`,
    'Makes the host reachable again: one interface carries its management, bonds, VLANs and tunnels go. What is not given is taken from the',
    'settings of the installation, or of the first start. To be given on the host itself, as root.',
    '',
    '  -m, --master=ADDRESS           address of the master, on a member of a pool',
    '  --device=DEVICE                interface that carries the management',
    '  --mode=MODE                    none, dhcp or static',
    '  --mode-v6=MODE                 none, dhcp, autoconf or static',
    '  --vlan=TAG                     VLAN of the management, 1 to 4094; 0: none',
    '  --novlan                       no VLAN',
    '  --ip=ADDRESS  --netmask=MASK  --gateway=ADDRESS      of mode static',
    '  --ipv6=ADDRESS/LENGTH  --gateway-v6=ADDRESS          of mode-v6 static',
    '  --dns=ADDRESS,ADDRESS          name servers',
    '  --keep-interface-name-rules    accepted; names of interfaces are never changed here',
    '  --state-dir=DIR                of hostd, when it is not the usual one',
    '  --yes                          do not ask',
    '',
  ].join('\n');
