// Who may do what: the role of a session against the role that the model asks for, per message or per key of a map.

import { rbacPermissionDenied } from '../model/error.ts';
import { type MessageModel, type RequiredRole, type Role, roleAllows } from '../model/index.ts';
import type { Session } from './sessions.ts';

/** Throws RBAC_PERMISSION_DENIED [permission, text]. `key`: of the map that is added to or removed from. */
export const checkAccess = (session: Session, message: MessageModel, key: unknown): void => {
  if (session.isLocalSuperuser) return;
  const required = typeof key === 'string' ? (keyRole(message, key) ?? message.role) : message.role;
  if (!roleAllows(required, [session.role])) {
    throw rbacPermissionDenied(message.fullName.toLowerCase(), `No permission in user session: this needs the role ${required}`);
  }
};

const keyRole = (message: MessageModel, key: string): RequiredRole | undefined => {
  for (const [pattern, role] of Object.entries(message.keyRoles)) {
    if (pattern === key || (pattern.endsWith('*') && key.startsWith(pattern.slice(0, -1)))) return role;
  }
  return undefined;
};

/** Throws RBAC_PERMISSION_DENIED unless the session has `role`. */
export const checkRole = (session: Session, role: Role, permission: string): void => {
  if (session.isLocalSuperuser || roleAllows(role, [session.role])) return;
  throw rbacPermissionDenied(permission, `No permission in user session: this needs the role ${role}`);
};
