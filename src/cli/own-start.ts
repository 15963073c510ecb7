// The start of a command with something of its own: options taken out, the profile read, aliases put in the place of their names.

import { UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { type OwnOptions, takeOwnOptions } from './own-options.ts';
import { readProfile } from './profile.ts';

export interface OwnStart {
  readonly words: readonly string[];
  /** Connection options of the profile, weaker than ~/.xe. */
  readonly profileWords: readonly string[];
  readonly options: OwnOptions;
}

/** Rejects with UsageError or PlainError. */
export const startOwn = async (argv: readonly string[], io: Io): Promise<OwnStart> => {
  const { options, words } = takeOwnOptions(argv);
  const profile = await readProfile(options.profile, io.env);
  const output = profile.output !== undefined && io.stdout.isTTY && !argv.includes('--minimal') ? profile.output : undefined;
  return {
    words: withFile(aliased(words, profile.aliases)),
    profileWords: profile.words,
    options: {
      ...options,
      ...(options.format === undefined && output !== undefined ? { format: output } : {}),
      fineExit: options.fineExit || profile.fineExit || isSet(io.env['XCP_EXIT_CODES']),
    },
  };
};

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';

/** The first word, if it is an alias, becomes the words that it stands for. An alias of an alias is not followed. */
const aliased = (words: readonly string[], aliases: Readonly<Record<string, readonly string[]>>): readonly string[] => {
  const [first = '', ...rest] = words;
  const alias = Object.hasOwn(aliases, first) ? aliases[first] : undefined;
  return alias === undefined ? words : [...alias, ...rest];
};

const takeFiles: ReadonlySet<string | undefined> = new Set(['batch', 'apply']);

/** `-f FILE` is there for these alone. */
const withFile = (words: readonly string[]): readonly string[] => {
  const at = words.indexOf('-f');
  if (at < 0 || !takeFiles.has(words[0])) return words;
  const file = words[at + 1];
  if (file === undefined) throw new UsageError('Option -f needs a file, or - for what is typed in');
  return [...words.slice(0, at), `f=${file}`, ...words.slice(at + 2)];
};
