// Options that `xe` does not have, taken out of the words before the grammar of `xe` sees them. A program called `xe` does not come here.

import { UsageError } from './exit.ts';

export const formats = ['table', 'json', 'ndjson', 'yaml', 'csv', 'value'] as const;
export type Format = (typeof formats)[number];

/** Pictures, of the few commands that draw. */
export const drawings = ['dot', 'svg'] as const;
export type Drawing = (typeof drawings)[number];

export interface OwnOptions {
  /** Left out: the text of `xe`. */
  readonly format?: Format;
  /** Instead of a format. */
  readonly drawing?: Drawing;
  /** Fields to print, in this order. */
  readonly select?: readonly string[];
  /** A list is printed again at each change. */
  readonly watch: boolean;
  /** A list returns when something matches. */
  readonly wait: boolean;
  /** Gives up after this long. */
  readonly timeoutMs?: number;
  /** How many objects are worked on at a time. */
  readonly parallel?: number;
  readonly profile?: string;
  /** How long a change of a host's management waits for a connection by the new way. */
  readonly confirmTimeoutSeconds?: number;
  /** Exit codes say what kind of failure it was. */
  readonly fineExit: boolean;
}

export interface TakenOptions {
  readonly options: OwnOptions;
  /** The words that are left. */
  readonly words: readonly string[];
}

const MAX_PARALLEL = 64;
const MS_PER_SECOND = 1000;
const MAX_CONFIRM_SECONDS = 3600;
const MAX_TIMEOUT_SECONDS = 2_000_000;

const withValue: ReadonlySet<string> = new Set(['-o', '--output', '--select', '--timeout', '--confirm-timeout', '--parallel', '--profile']);
const switches: ReadonlySet<string> = new Set(['--watch', '--wait']);

/** Throws UsageError if an option has no value, or one that it cannot have. */
export const takeOwnOptions = (argv: readonly string[]): TakenOptions => {
  const given = new Map<string, string>();
  const words: string[] = [];
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i] ?? '';
    const at = word.startsWith('--') ? word.indexOf('=') : -1;
    const name = at < 0 ? word : word.slice(0, at);
    if (withValue.has(name)) {
      const value = at < 0 ? argv[(i += 1)] : word.slice(at + 1);
      if (value === undefined || value === '') throw new UsageError(`Option ${name} needs a value`);
      given.set(name === '--output' ? '-o' : name, value);
    } else if (switches.has(word)) {
      given.set(word, 'true');
    } else {
      words.push(word);
    }
  }
  return { options: optionsOf(given), words };
};

const optionsOf = (given: ReadonlyMap<string, string>): OwnOptions => {
  const [output, select, timeout, confirm, parallel, profile] = [
    '-o',
    '--select',
    '--timeout',
    '--confirm-timeout',
    '--parallel',
    '--profile',
  ].map(name => given.get(name));
  return {
    ...outputOf(output),
    ...(select === undefined ? {} : { select: select.split(',').filter(name => name !== '') }),
    ...(timeout === undefined ? {} : { timeoutMs: numberOf('--timeout', timeout, MAX_TIMEOUT_SECONDS) * MS_PER_SECOND }),
    ...(confirm === undefined ? {} : { confirmTimeoutSeconds: numberOf('--confirm-timeout', confirm, MAX_CONFIRM_SECONDS) }),
    ...(parallel === undefined ? {} : { parallel: numberOf('--parallel', parallel, MAX_PARALLEL) }),
    ...(profile === undefined ? {} : { profile }),
    watch: given.has('--watch'),
    wait: given.has('--wait'),
    fineExit: given.size > 0,
  };
};

const outputOf = (output: string | undefined): Pick<OwnOptions, 'format' | 'drawing'> => {
  if (output === undefined) return {};
  const drawing = drawings.find(each => each === output);
  return drawing === undefined ? { format: parseFormat(output) } : { drawing };
};

export const parseFormat = (text: string): Format => {
  const found = formats.find(format => format === text);
  if (found === undefined) throw new UsageError(`'${text}' is no form of output: give one of ${formats.join(', ')}`);
  return found;
};

const numberOf = (name: string, text: string, max: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw new UsageError(`Option ${name} takes a number from 1 to ${max}, not '${text}'`);
  return value;
};
