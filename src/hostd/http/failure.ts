// A failure as both protocols write it.

import { internalError, XenError } from '../../model/error.ts';
import { ClientGone } from '../dispatch/answer.ts';

/** The code and its parameters; undefined when there is nobody left to tell. */
export const failureOf = (error: unknown): readonly string[] | undefined => {
  if (error instanceof ClientGone) return undefined;
  return (error instanceof XenError ? error : internalError(String(error))).description;
};
