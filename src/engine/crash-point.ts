// Where a test may end the process, to see whether the next life cleans up, or hold it, to look at the world between two steps. Never
// set in production.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** In order: `begun` is durable · `run` came back · `done` is durable · `undo` is next · `undo` came back, not yet journalled. */
export type CrashPhase = 'before-do' | 'after-do' | 'journalled' | 'before-undo' | 'after-undo';

export interface CrashPlace {
  readonly planId: string;
  readonly planKind: string;
  readonly stepId: string;
  readonly phase: CrashPhase;
}

export type CrashPoint = (place: CrashPlace) => void;

export const CRASH_VARIABLE = 'XCP_CRASH_AT';
export const HOLD_VARIABLE = 'XCP_HOLD_AT';
export const HOLD_FILE_VARIABLE = 'XCP_HOLD_FILE';

type Environment = { readonly [name: string]: string | undefined };

/** `<plan kind>:<step id>:<phase>`; `*` stands for any plan kind or step. Kinds and ids may hold colons if the other does not. */
const matches = (wanted: string | undefined, { planKind, stepId, phase }: CrashPlace): boolean =>
  [planKind, '*'].some(kind => [stepId, '*'].some(step => `${kind}:${step}:${phase}` === wanted));

const named = (wanted: string | undefined): string | undefined =>
  wanted?.startsWith('/') ? (existsSync(wanted) ? readFileSync(wanted, 'utf8').trim() : undefined) : wanted;

/**
 * `XCP_CRASH_AT` names the place where this process kills itself, as `kill -9` would; `XCP_HOLD_AT` the place where it stands still, the
 * whole process, from when it made the file named by `XCP_HOLD_FILE` until somebody removed that. A place that begins with `/` is a file whose
 * text names it, if it is there just then: so a test chooses the place of a process that runs. Undefined when neither is set.
 */
export const crashPointFrom = (environment: Environment): CrashPoint | undefined => {
  const { [CRASH_VARIABLE]: crashAt, [HOLD_VARIABLE]: holdAt, [HOLD_FILE_VARIABLE]: holdFile } = environment;
  if (!crashAt && !(holdAt && holdFile)) return undefined;
  return place => {
    if (matches(named(crashAt), place)) process.kill(process.pid, 'SIGKILL');
    if (holdFile && matches(named(holdAt), place)) hold(holdFile);
  };
};

const HOLD_LOOK_MS = 10;

const hold = (file: string): void => {
  writeFileSync(file, '');
  const clock = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(file)) Atomics.wait(clock, 0, 0, HOLD_LOOK_MS);
};
