// The audit line of each call that changes something or was refused for lack of rights: who, what, on which objects, how it ended. Only
// references are written of the parameters, and none of messages that carry secrets.

import type { Logger } from '../lib/logger.ts';
import { XenError } from '../model/error.ts';
import type { MessageModel } from '../model/index.ts';
import type { Session } from './sessions.ts';

const MAX_REFERENCES = 8;

/** Reads are not audited. */
export const isChange = (message: MessageModel): boolean => message.role !== 'read-only' && !message.name.startsWith('get_');

export const auditCall = (log: Logger, session: Session, message: MessageModel, params: readonly unknown[], error: unknown): void => {
  const denied = error instanceof XenError && error.code === 'RBAC_PERMISSION_DENIED';
  if (!denied && !isChange(message)) return;
  log.info('audit', {
    call: message.fullName,
    user: session.userName,
    role: session.isLocalSuperuser ? 'local superuser' : session.role,
    originator: session.originator,
    objects: message.secret ? [] : references(message, params),
    outcome: error === undefined ? 'done' : error instanceof XenError ? error.code : 'failed',
  });
};

const references = (message: MessageModel, params: readonly unknown[]): readonly unknown[] =>
  params.filter((value, index) => message.params[index]?.type.kind === 'ref' && typeof value === 'string').slice(0, MAX_REFERENCES);
