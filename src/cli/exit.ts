// How a command fails before or beside the API: with a hint how to use it, or with a plain sentence. Exit codes of the command line.

import type { Io } from './io.ts';

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;

/** Ends every text about wrong use. Scripts compare it, so only people at a terminal are told the name that they typed. */
export const usageHint = (io: Pick<Io, 'programName' | 'stderr'> | undefined): string =>
  `For usage run: '${io?.programName === 'xcp' && io.stderr.isTTY ? 'xcp' : 'xe'} help'`;

/** A word that is not known where one of others is. */
export interface Typo {
  /** The name of a parameter or field, for which the command's own parameters are near too, or that of an object. */
  readonly of: 'parameter' | 'object';
  readonly written: string;
  readonly among: readonly string[];
}

interface WithTypos extends ErrorOptions {
  readonly typos?: readonly Typo[];
}

/** The command line itself is wrong. Printed as it is, followed by the hint. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly typos: readonly Typo[];
  constructor(message: string, options: WithTypos = {}) {
    super(message, options);
    this.typos = options.typos ?? [];
  }
}

/** The command cannot do what it was asked. Printed as `Error: <message>`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly typos: readonly Typo[];
  constructor(message: string, options: WithTypos = {}) {
    super(message, options);
    this.typos = options.typos ?? [];
  }
}

/** Printed as it is, without `Error:`. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
}

/** Failed, and what there was to say is said. */
export class SilentFailure extends Error {
  override readonly name = 'SilentFailure';
}

export const forceNeeded = (): CommandError =>
  new CommandError('This operation is dangerous and may cause data loss. This operation must be forced (use --force).');
