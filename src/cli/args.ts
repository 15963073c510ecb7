// The parameters of a command: look-up by key (the first one counts) and the conversions that commands share.

import { sizeBytesOf } from '../lib/size.ts';
import type { Param } from './argv.ts';
import { CommandError, UsageError } from './exit.ts';

const TRUE_WORDS: ReadonlySet<string> = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['false', 'f', 'no', 'n', '0']);

export class Args {
  readonly list: readonly Param[];
  readonly #first: ReadonlyMap<string, string>;

  constructor(list: readonly Param[]) {
    this.list = list;
    this.#first = new Map(list.toReversed());
  }

  has(key: string): boolean {
    return this.#first.has(key);
  }

  get(key: string): string | undefined {
    return this.#first.get(key);
  }

  text(key: string): string {
    const value = this.#first.get(key);
    if (value === undefined) throw missingParam(key);
    return value;
  }

  bool(key: string, fallback = false): boolean {
    const value = this.#first.get(key);
    return value === undefined ? fallback : parseBool(key, value);
  }

  int(key: string): number {
    return parseInteger(key, this.text(key));
  }

  bytes(key: string): number {
    return parseBytes(key, this.text(key));
  }

  /** Comma-separated values; empty if the key is absent. */
  commaList(key: string): readonly string[] {
    const value = this.#first.get(key);
    return value === undefined || value === '' ? [] : value.split(',');
  }

  /** `name:key=value` parameters as a map; of a repeated key the first counts. `name-key=value` is the old form of the same. */
  map(name: string): Readonly<Record<string, string>> {
    const found = this.list.filter(([key]) => key.startsWith(name) && key.length > name.length + 1);
    return Object.fromEntries(found.map(([key, value]): Param => [key.slice(name.length + 1), value]).toReversed());
  }

  /** The same for a set: `tags:one tags:two`. */
  set(name: string): readonly string[] {
    return Object.keys(this.map(name));
  }
}

/** References whose names do not say that they take a uuid. */
const references: ReadonlySet<string> = new Set([
  'affinity',
  'appliance',
  'crash-dump-SR',
  'default-SR',
  'local-cache-sr',
  'master',
  'resident-on',
  'snapshot-of',
  'snapshot-schedule',
  'suspend-image-SR',
]);

/** Whether a name may stand for the uuid that the parameter takes. */
export const takesName = (key: string): boolean => key === 'uuid' || key.endsWith('-uuid') || references.has(key);

/** The first required parameter that is neither there nor replaced by another. */
export const firstMissing = (
  row: { readonly required?: readonly string[]; readonly instead?: Readonly<Record<string, string>> },
  has: (key: string) => boolean,
): string | undefined => row.required?.find(param => !has(param) && !has(row.instead?.[param] ?? param));

/** `strangers`: parameters that were given and are none of the command. */
export const missingParam = (key: string, strangers: readonly string[] = []): UsageError =>
  new UsageError(`Required parameter not found: ${key}`, { typos: strangers.map(written => ({ of: 'parameter', written, among: [key] })) });

export const parseBool = (key: string, value: string): boolean => {
  const word = value.toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  if (FALSE_WORDS.has(word)) return false;
  throw new CommandError(`Failed to parse parameter '${key}': Expected 'true','t','yes','y','1','false','f','no','n','0' got ${value}`);
};

export const parseInteger = (key: string, value: string): number => {
  const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new CommandError(`Failed to parse parameter '${key}': expecting an integer`);
  return number;
};

/** A size with an optional suffix (KiB, MiB, GiB, TiB and their short forms), in bytes. */
export const parseBytes = (key: string, value: string): number => {
  const sizeBytes = sizeBytesOf(value);
  if (sizeBytes === undefined) {
    throw new CommandError(
      `Failed to parse field '${key}': expecting an integer (possibly with suffix KiB, MiB, GiB, TiB), got '${value}'`,
    );
  }
  return sizeBytes;
};

export const parseChoice = (value: string, choices: readonly string[]): string => {
  const found = choices.find(choice => choice.toLowerCase() === value.toLowerCase());
  if (found === undefined)
    throw new CommandError(`Expected one of ${choices.map(choice => `'${choice}'`).join(', ')}, got ${value.toLowerCase()}`);
  return found;
};
