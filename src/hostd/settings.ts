// What hostd was told: options and the YAML file, checked and with defaults filled in. An unknown setting, a wrong choice or a value
// of the wrong form is refused by name.

import { readFileSync } from 'node:fs';
import { homedir, hostname, networkInterfaces } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { NicChoice } from '../drivers/network.ts';
import type { LogLevel } from '../lib/logger.ts';
import { sizeBytesOf } from '../lib/size.ts';
import { type ListenAddress, parseListenAddress } from './address.ts';
import { type LogFormat, logLevels } from './log.ts';
import { type SettingName, type SettingRow, settingRows } from './setting-rows.ts';

export interface Settings {
  readonly stateDir: string;
  readonly listen: readonly ListenAddress[];
  readonly hypervisor: 'auto' | 'xen' | 'qemu' | 'sim';
  /** What guests may have together; undefined: all that the machine has. */
  readonly memoryBytes?: number | undefined;
  readonly network: 'auto' | 'ovs' | 'user' | 'sim';
  /** Open vSwitch may be started by this host where it does not run. */
  readonly privateSwitch: boolean;
  /** The host's own interfaces that are put on bridges. */
  readonly nics: NicChoice;
  readonly storage: 'file' | 'sim';
  /** File with the recorded pool that is served, with the simulator behind it. */
  readonly records?: string | undefined;
  readonly hostName: string;
  readonly migrationAddress: string;
  /** The management's address counts in its place, since nothing else was said. */
  readonly followsManagement?: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** The command line or the file is wrong; the message says where. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
  readonly isTerminal: boolean;
}

type Given = ReadonlyMap<SettingName, readonly string[]>;

/** The settings; undefined when help was asked for. */
export const readSettings = async (argv: readonly string[], around: Surroundings): Promise<Settings | undefined> => {
  const options = parseOptions(argv);
  if (options === undefined) return undefined;
  const file = options.config === undefined ? new Map<SettingName, readonly string[]>() : await parseFile(options.config);
  return complete(new Map([...file, ...options.given]), around);
};

const parseOptions = (argv: readonly string[]): { readonly given: Given; readonly config: string | undefined } | undefined => {
  const types: Record<string, { type: 'string' | 'boolean'; multiple?: boolean; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    config: { type: 'string' },
  };
  for (const row of settingRows) types[row.name] = { type: row.kind === 'flag' ? 'boolean' : 'string', multiple: row.kind === 'list' };
  const values = parseOrRefuse(argv, types);
  if (values['help'] === true) return undefined;
  const given = new Map<SettingName, readonly string[]>();
  for (const row of settingRows) {
    const value = values[row.name];
    if (value !== undefined) given.set(row.name, checked(row, Array.isArray(value) ? value.map(String) : [String(value)], `--${row.name}`));
  }
  const config = values['config'];
  return { given, config: typeof config === 'string' ? config : undefined };
};

const parseOrRefuse = (argv: readonly string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options'] & object) => {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new SettingsError(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error), { cause: error });
  }
};

const parseFile = async (path: string): Promise<Given> => {
  const { parse } = await import('yaml');
  let data: unknown;
  try {
    data = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SettingsError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (data === null || data === undefined) return new Map();
  if (typeof data !== 'object' || Array.isArray(data)) throw new SettingsError(`${path}: expected settings as 'name: value' lines`);
  const rows = new Map<string, SettingRow & { readonly name: SettingName }>(settingRows.map(row => [row.name, row]));
  const given = new Map<SettingName, readonly string[]>();
  for (const [name, value] of Object.entries(data)) {
    const row = rows.get(name);
    if (row === undefined) throw new SettingsError(`${path}: unknown setting '${name}'`);
    given.set(row.name, checked(row, fileValues(row, value, `${path}: ${name}`), `${path}: ${name}`));
  }
  return given;
};

const fileValues = (row: SettingRow, value: unknown, where: string): readonly string[] => {
  if (row.kind === 'flag' && typeof value !== 'boolean') throw new SettingsError(`${where} must be true or false`);
  if (row.kind === 'list' && Array.isArray(value)) return value.map(String);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new SettingsError(`${where} must be ${row.kind === 'list' ? 'a list of texts' : 'a text'}`);
  return [String(value)];
};

const checked = (row: SettingRow, values: readonly string[], where: string): readonly string[] => {
  for (const value of values) {
    if (value === '') throw new SettingsError(`${where} must not be empty`);
    if (row.choices !== undefined && !row.choices.includes(value)) {
      throw new SettingsError(`${where}: '${value}' is not one of ${row.choices.join(', ')}`);
    }
  }
  return values;
};

const complete = (given: Given, around: Surroundings): Settings => {
  const text = (name: SettingName): string | undefined => given.get(name)?.[0];
  const stateDir = resolve(text('state-dir') ?? defaultStateDir(around));
  const listen = (given.get('listen') ?? defaultListen(stateDir, around.isRoot)).map(address);
  const simulate = text('simulate') === 'true';
  const records = text('records');
  if (records !== undefined && !simulate) throw new SettingsError('--records needs --simulate: a recorded pool has no machine behind it');
  const hypervisor = oneOf(text('hypervisor'), ['auto', 'xen', 'qemu', 'sim'] as const) ?? (simulate ? 'sim' : 'auto');
  return {
    stateDir,
    listen,
    hypervisor,
    memoryBytes: memory(text('memory')),
    network: oneOf(text('network'), ['auto', 'ovs', 'user', 'sim'] as const) ?? (simulate ? 'sim' : 'auto'),
    privateSwitch: text('private-switch') === 'true',
    nics: nicChoice(given.get('nics')),
    storage: simulate ? 'sim' : 'file',
    records: records === undefined ? undefined : resolve(records),
    hostName: text('host-name') ?? hostname(),
    migrationAddress: text('migration-address') ?? tlsHost(listen) ?? firstAddress(),
    ...(text('migration-address') === undefined && listen.some(isFollowing) && { followsManagement: true }),
    logLevel: oneOf(text('log-level'), logLevels) ?? 'info',
    logFormat: oneOf(text('log-format'), ['json', 'text'] as const) ?? (around.isTerminal ? 'text' : 'json'),
  };
};

const nicChoice = (words: readonly string[] = ['none']): NicChoice => {
  const [first = 'none'] = words;
  const word = words.find(name => name === 'all' || name === 'none');
  if (word === undefined) return words;
  if (words.length > 1) throw new SettingsError(`nics: '${word}' stands alone, not beside '${words.find(name => name !== word) ?? word}'`);
  return first === 'all' ? 'all' : 'none';
};

const memory = (text: string | undefined): number | undefined => {
  const sizeBytes = text === undefined ? undefined : sizeBytesOf(text);
  if (text !== undefined && !sizeBytes)
    throw new SettingsError(`--memory: '${text}' is no size; write a number of bytes, or as 512MiB, 8GiB`);
  return sizeBytes;
};

const oneOf = <T extends string>(value: string | undefined, choices: readonly T[]): T | undefined =>
  choices.find(choice => choice === value);

const address = (text: string): ListenAddress => {
  const parsed = parseListenAddress(text);
  if (typeof parsed === 'string') throw new SettingsError(`--listen: ${parsed}`);
  return parsed.kind === 'unix' && !isAbsolute(parsed.path) ? { kind: 'unix', path: resolve(parsed.path) } : parsed;
};

/** Where the host of the machine itself keeps its state. */
export const SYSTEM_STATE_DIR = '/var/lib/xcp';

/** Root: /var/lib/xcp. Others: the user's own state directory. */
export const defaultStateDir = (around: Pick<Surroundings, 'env' | 'isRoot'>): string =>
  around.isRoot ? SYSTEM_STATE_DIR : join(around.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'xcp');

const defaultListen = (stateDir: string, isRoot: boolean): readonly string[] => [
  `unix:${join(stateDir, 'xapi')}`,
  `tls:*:${isRoot ? 443 : 8443}`,
];

const isFollowing = (entry: ListenAddress): boolean => entry.kind !== 'unix' && entry.follows === 'management';

/** The address that the TLS listener is bound to, where it is one a peer can be told. */
const tlsHost = (listen: readonly ListenAddress[]): string | undefined => {
  for (const entry of listen)
    if (entry.kind === 'tls' && entry.host !== undefined && entry.host !== '0.0.0.0' && entry.host !== '::') return entry.host;
  return undefined;
};

/** The first address that another machine could reach, else loopback. */
const firstAddress = (): string => {
  for (const list of Object.values(networkInterfaces())) {
    for (const entry of list ?? []) if (entry.family === 'IPv4' && !entry.internal) return entry.address;
  }
  return '127.0.0.1';
};
