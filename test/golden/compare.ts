// Compares a command's output with the recorded one: stderr and the exit code to the letter, stdout in the order that matters.

import type { CommandCase, Ordering } from './recordings.ts';
import { type Bindings, matches } from './text.ts';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

const parts: Readonly<Record<Exclude<Ordering, 'exact'>, (text: string) => readonly string[]>> = {
  'set-of-records': text => text.split('\n\n\n').filter(part => part.trim() !== ''),
  'minimal-set': text => text.replace(/\n$/, '').split(/(?<!\\),/),
  'lines-set': text => text.split('\n'),
};

/** Each expected part has its own among those found, whatever their order. */
const sameSet = (expected: readonly string[], found: readonly string[], bindings: Bindings): boolean => {
  if (expected.length !== found.length) return false;
  const left = [...found];
  // Parts that say more about themselves choose first.
  const byPlaceholders = expected.toSorted((a, b) => a.split('${').length - b.split('${').length);
  return byPlaceholders.every(part => {
    const at = left.findIndex(other => matches(part, other, bindings));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
};

const sameStdout = (recorded: CommandCase, stdout: string, bindings: Bindings): boolean => {
  const { ordering = 'exact' } = recorded;
  if (ordering === 'exact') return matches(recorded.stdout, stdout, bindings);
  const split = parts[ordering];
  return sameSet(split(recorded.stdout), split(stdout), bindings);
};

/** What differs, for people; undefined when nothing does. */
export const difference = (recorded: CommandCase, found: Outcome, bindings: Bindings): string | undefined => {
  const same =
    sameStdout(recorded, found.stdout, bindings) && matches(recorded.stderr, found.stderr, bindings) && recorded.exit === found.exit;
  if (same) return undefined;
  const side = (sign: string, { stdout, stderr, exit }: Outcome): string =>
    [
      `${sign} exit ${exit}`,
      ...stdout.split('\n').map(line => `${sign} ${line}`),
      ...stderr.split('\n').map(line => `${sign}! ${line}`),
    ].join('\n');
  return `${recorded.argv.join(' ')}\n${side('-', recorded)}\n${side('+', found)}`;
};
