// The finer exit codes of `xcp`. `xe` knows 0 and 1 only, and so do scripts that ask for nothing else.

import { ConnectionError } from '../client/errors.ts';
import { XenError } from '../model/error.ts';
import { CommandError, SilentFailure, UsageError } from './exit.ts';

export const exitCodes = {
  ok: { code: 0, meaning: 'It is done.' },
  failed: { code: 1, meaning: 'The server refused, or the work failed.' },
  usage: { code: 2, meaning: 'The command line is wrong; nothing was sent.' },
  unreachable: { code: 3, meaning: 'The server was not reached, or its certificate is not trusted.' },
  denied: { code: 4, meaning: 'The login failed, or the user may not do that.' },
  notFound: { code: 5, meaning: 'There is no such object, or more than one.' },
  conflict: { code: 6, meaning: 'The object is in another state, or in use.' },
  timeout: { code: 7, meaning: 'It took longer than allowed.' },
  partial: { code: 8, meaning: 'Some of several objects failed, the others are done.' },
  cancelled: { code: 130, meaning: 'Cancelled, by Ctrl-C or by another user.' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly meaning: string }>>;

export type Outcome = keyof typeof exitCodes;

/** An outcome that the command itself knows. */
export class OutcomeError extends CommandError {
  readonly outcome: Outcome;

  constructor(outcome: Outcome, message: string, options?: ErrorOptions) {
    super(message, options);
    this.outcome = outcome;
  }
}

/** The same, where what there was to say is said. */
export class SilentOutcome extends SilentFailure {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

const codesOf: readonly (readonly [Outcome, RegExp])[] = [
  ['denied', /^(SESSION_AUTHENTICATION_FAILED|RBAC_PERMISSION_DENIED|SESSION_NOT_REGISTERED|SESSION_INVALID|USER_IS_NOT_LOCAL_SUPERUSER)$/],
  ['notFound', /^(UUID_INVALID|HANDLE_INVALID|MAP_NO_SUCH_KEY|.*_(NOT_FOUND|DOES_NOT_EXIST|UNKNOWN))$/],
  [
    'conflict',
    /^(VM_BAD_POWER_STATE|OTHER_OPERATION_IN_PROGRESS|OPERATION_(NOT_ALLOWED|BLOCKED)|.*_IN_USE|.*_ALREADY_.*|.*_STILL_.*|DUPLICATE_.*)$/,
  ],
  ['timeout', /(^|_)TIMEOUT(_|$)|_TIMED_OUT$/],
  ['cancelled', /^TASK_CANCELLED$/],
];

export const outcomeOf = (error: unknown): Outcome => {
  if (error instanceof OutcomeError || error instanceof SilentOutcome) return error.outcome;
  if (error instanceof UsageError) return 'usage';
  if (error instanceof ConnectionError) return 'unreachable';
  if (error instanceof XenError) return codesOf.find(([, pattern]) => pattern.test(error.code))?.[0] ?? 'failed';
  if (error instanceof CommandError && /not found|No matching|Multiple match/i.test(error.message)) return 'notFound';
  return 'failed';
};
