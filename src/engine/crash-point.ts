// Where a test may end the process, to see whether the next life cleans up. Never set in production.

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

/**
 * Reads `XCP_CRASH_AT=<plan kind>:<step id>:<phase>` and returns a hook that kills this process there, as `kill -9` would; undefined
 * when the variable is not set. `*` stands for any plan kind or step. Plan kinds and step ids may hold colons if the other does not.
 */
export const crashPointFrom = (environment: { readonly [name: string]: string | undefined }): CrashPoint | undefined => {
  const wanted = environment[CRASH_VARIABLE];
  if (!wanted) return undefined;
  const matches = ({ planKind, stepId, phase }: CrashPlace): boolean =>
    [planKind, '*'].some(kind => [stepId, '*'].some(step => `${kind}:${step}:${phase}` === wanted));
  return place => {
    if (matches(place)) process.kill(process.pid, 'SIGKILL');
  };
};
