// Profiles: named sets of connection options in ~/.config/xcp/config.yaml, and aliases. Read only if the file is there.

import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../client/errors.ts';
import { valueText } from '../client/values.ts';
import { asRecord } from './records/objects.ts';
import { PlainError } from './exit.ts';
import type { Io } from './io.ts';
import { type Format, parseFormat } from './own-options.ts';
import { type ProfileKey, profileKeys } from './profile-keys.ts';

export interface Profile {
  /** In the form of ~/.xe and of options. */
  readonly words: readonly string[];
  readonly output?: Format;
  readonly fineExit: boolean;
  readonly aliases: Readonly<Record<string, readonly string[]>>;
}

const NO_PROFILE: Profile = { words: [], fineExit: false, aliases: {} };
const WRITABLE_BY_OTHERS = 0o022;

export const configPath = (env: Io['env']): string =>
  join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config'), 'xcp', 'config.yaml');

/** The profile of that name, else the one that the environment or the file names, else an empty one. Rejects with PlainError. */
export const readProfile = async (name: string | undefined, env: Io['env']): Promise<Profile> => {
  const path = configPath(env);
  const text = readConfig(path);
  if (text === undefined) {
    if (name !== undefined) throw new PlainError(`There is no profile '${name}': ${path} does not exist`);
    return NO_PROFILE;
  }
  const { parse, YAMLParseError } = await import('yaml');
  try {
    return profileOf(asRecord(parse(text, { maxAliasCount: 0 })) ?? {}, name ?? env['XCP_PROFILE'], path);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new PlainError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
};

const readConfig = (path: string): string | undefined => {
  try {
    const { mode, uid } = statSync(path);
    const isForeign = process.getuid !== undefined && uid !== process.getuid() && uid !== 0;
    if (isForeign || (mode & WRITABLE_BY_OTHERS) !== 0)
      throw new PlainError(`${path} could have been written by another user: run chmod go-w on it`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

const profileOf = (config: Readonly<Record<string, unknown>>, asked: string | undefined, path: string): Profile => {
  const unknown = Object.keys(config).find(key => !['default-profile', 'profiles', 'aliases'].includes(key));
  if (unknown !== undefined) throw new PlainError(`${path}: there is no key '${unknown}'`);
  const aliases = Object.fromEntries(
    Object.entries(asRecord(config['aliases']) ?? {}).map(([key, value]) => [key, valueText(value).split(/\s+/)]),
  );
  const name = asked ?? config['default-profile'];
  if (name === undefined) return { ...NO_PROFILE, aliases };
  const profiles = asRecord(config['profiles']) ?? {};
  const found = asRecord(profiles[valueText(name)]);
  if (found === undefined)
    throw new PlainError(`${path}: there is no profile '${valueText(name)}': there are ${Object.keys(profiles).join(', ')}`);
  return { ...valuesOf(found, valueText(name), path), aliases };
};

const valuesOf = (found: Readonly<Record<string, unknown>>, name: string, path: string): Omit<Profile, 'aliases'> => {
  const words: string[] = [];
  for (const [key, value] of Object.entries(found)) {
    if (!isProfileKey(key))
      throw new PlainError(`${path}: profile '${name}' has no key '${key}': there are ${Object.keys(profileKeys).join(', ')}`);
    words.push(...wordsFor(key, valueText(value)));
  }
  const output = found['output'];
  return { words, fineExit: found['exit-codes'] === true, ...(output === undefined ? {} : { output: parseFormat(valueText(output)) }) };
};

const isProfileKey = (key: string): key is ProfileKey => Object.hasOwn(profileKeys, key);

const wordsFor = (key: ProfileKey, value: string): readonly string[] => {
  switch (key) {
    case 'password-file':
      return [`passwordfile=${value.startsWith('~/') ? join(homedir(), value.slice(2)) : value}`];
    case 'fingerprint':
    case 'ca-file':
      return [`--${key}`, value];
    case 'server':
    case 'port':
    case 'username':
      return [`${key}=${value}`];
    case 'output':
    case 'exit-codes':
      return [];
    default:
      return key satisfies never;
  }
};
