// How a migration that failed is told. What went wrong at the destination is said there by name, and completed by the source, which alone knows whose
// migration it was.

import { DriverError } from '../../drivers/hypervisor.ts';
import { isXenError, XenError } from '../../model/error.ts';
import { toXenError } from '../errors.ts';

const CODE = 'VM_MIGRATE_FAILED';

const reasonOf = (error: DriverError): string => (error.kind === 'failed' ? error.message : `${error.kind}: ${error.message}`);

/** What the destination answers. Defects of this program stay as they are. */
export const failureHere = (error: unknown): unknown => {
  if (!(error instanceof DriverError)) return error;
  const named = toXenError(error);
  return isXenError(named) && named.code !== 'INTERNAL_ERROR' ? named : new XenError(CODE, ['', '', '', reasonOf(error)], { cause: error });
};

/** What the source's caller is told, of its own failures and of those over there. */
export const failureOf = (error: unknown, vm: string, source: string, destination: string): unknown => {
  if (error instanceof DriverError) return new XenError(CODE, [vm, source, destination, reasonOf(error)], { cause: error });
  if (!isXenError(error, CODE) || error.params[0] !== '') return error;
  return new XenError(CODE, [vm, source, destination, `the destination: ${error.params[3] ?? ''}`], { cause: error });
};
