// Who sends a request that is no call: by `session_id` in the query or the cookie, or by the unix socket itself. And how it is refused.

import type { IncomingMessage } from 'node:http';
import { XenError } from '../../model/error.ts';
import type { Caller } from '../dispatch/answer.ts';
import type { Session, SessionTable } from '../sessions.ts';

/** Refused with an HTTP status. */
export class Refused extends Error {
  readonly status: string;
  constructor(status: string) {
    super(status);
    this.status = status;
  }
}

/** Undefined: root by the unix socket. Throws Refused. */
export const authenticate = (request: IncomingMessage, url: URL, caller: Caller, sessions: SessionTable): Session | undefined => {
  const ref = url.searchParams.get('session_id') ?? /(?:^|;\s*)session_id=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  const session = ref === undefined ? undefined : sessions.find(ref);
  if (session === undefined && !caller.isTrusted) throw new Refused('401 Unauthorized');
  return session;
};

export const statusOf = (error: unknown): string => {
  if (error instanceof Refused) return error.status;
  if (error instanceof XenError) return error.code === 'RBAC_PERMISSION_DENIED' ? '403 Forbidden' : '404 Not Found';
  return '500 Internal Server Error';
};
