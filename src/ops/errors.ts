// Turns what drivers and aborted waits throw into XenAPI errors. The only place that knows both sides.

import { DriverError, type DriverErrorKind } from '../drivers/hypervisor.ts';
import { XenError } from '../model/error.ts';

/** What the caller was at, so that the error can name it. References, not names: clients look the names up. */
export interface FailureScope {
  readonly vm?: string;
  readonly vdi?: string;
  readonly sr?: string;
  readonly vbd?: string;
  readonly task?: string;
}

const storageFailure = (error: DriverError): XenError =>
  new XenError('SR_BACKEND_FAILURE', [error.kind, '', error.message], { cause: error });

const guestFailure = (error: DriverError, scope: FailureScope): XenError => {
  const reason = `${error.kind}: ${error.message}`;
  return scope.vdi !== undefined || scope.sr !== undefined
    ? storageFailure(error)
    : new XenError('INTERNAL_ERROR', [reason], { cause: error });
};

const numberIn = (details: unknown, key: string): string => {
  if (typeof details !== 'object' || details === null) return '0';
  const value: unknown = Reflect.get(details, key);
  return typeof value === 'number' ? String(value) : '0';
};

const specific = (error: DriverError, scope: FailureScope): XenError | undefined => {
  const cause = { cause: error };
  const kinds: { readonly [K in DriverErrorKind]?: () => XenError | undefined } = {
    'no-space': () =>
      new XenError('SR_FULL', [numberIn(error.details, 'requestedBytes'), numberIn(error.details, 'availableBytes')], cause),
    'no-memory': () =>
      new XenError(
        'HOST_NOT_ENOUGH_FREE_MEMORY',
        [numberIn(error.details, 'neededBytes'), numberIn(error.details, 'availableBytes')],
        cause,
      ),
    'in-use': () => (scope.vdi === undefined ? undefined : new XenError('VDI_IN_USE', [scope.vdi, 'attach'], cause)),

    cancelled: () => (scope.task === undefined ? undefined : new XenError('TASK_CANCELLED', [scope.task], cause)),
    'guest-refused': () => (scope.vm === undefined ? undefined : new XenError('VM_LACKS_FEATURE', [scope.vm], cause)),
  };
  return kinds[error.kind]?.();
};

const isAbort = (error: unknown): boolean => typeof error === 'object' && error !== null && Reflect.get(error, 'name') === 'AbortError';

/** The XenAPI error for anything thrown. Errors that already are one, and defects of this program, stay as they are. */
export const toXenError = (error: unknown, scope: FailureScope = {}): unknown => {
  if (error instanceof DriverError) return specific(error, scope) ?? guestFailure(error, scope);
  if (isAbort(error) && scope.task !== undefined) {
    return new XenError('TASK_CANCELLED', [scope.task], { cause: error });
  }
  return error;
};

/** Runs `work`, its failures mapped. */
export const mapped = async <T>(scope: FailureScope, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw toXenError(error, scope);
  }
};
