// session.*: logging in and out. On the unix socket every login is the host's root, whatever name and password are given, as xapi has it.

import { notImplemented, sessionAuthenticationFailed } from '../../model/error.ts';
import { type Role, roles } from '../../model/index.ts';
import type { Authenticator } from '../auth/login.ts';
import type { BuiltinRow } from '../dispatch/dispatcher.ts';
import type { Request } from '../dispatch/answer.ts';
import type { SessionTable } from '../sessions.ts';

export const sessionMessages = (sessions: SessionTable, authenticator: Authenticator): ReadonlyMap<string, BuiltinRow> => {
  const login = async ({ caller, signal }: Request, user: string, password: string, originator: string): Promise<string> => {
    if (caller.isTrusted) {
      return (await sessions.open({ userName: 'root', role: 'pool-admin', isLocalSuperuser: true, originator })).ref;
    }
    const { userName, role, isOwner } = await authenticator.login(user, password, caller.source, signal());
    const known = roleNamed(role);
    if (known === undefined) throw sessionAuthenticationFailed(user, `the users file gives an unknown role '${role}'`);
    return (await sessions.open({ userName, role: known, isLocalSuperuser: isOwner && known === 'pool-admin', originator })).ref;
  };
  const logout: BuiltinRow = { run: ({ session }) => (session === undefined ? undefined : sessions.close(session.ref)) };

  return new Map<string, BuiltinRow>([
    [
      'session.login_with_password',
      { run: ({ request }, [user, password, , originator]) => login(request, text(user), text(password), text(originator)) },
    ],
    [
      'session.slave_local_login_with_password',
      { run: ({ request }, [user, password]) => login(request, text(user), text(password), 'local') },
    ],
    // Pool secrets come with pools: until then nobody has one.
    ['session.slave_login', { run: () => Promise.reject(sessionAuthenticationFailed('', 'this host is in no pool with others')) }],
    ['session.slave_local_login', { run: () => Promise.reject(sessionAuthenticationFailed('', 'this host is in no pool with others')) }],
    ['session.logout', logout],
    ['session.local_logout', logout],
    // Only users of directories have subjects.
    ['session.get_all_subject_identifiers', { run: () => [] }],
    ['session.logout_subject_identifier', { run: () => undefined }],
    ['session.change_password', { run: () => Promise.reject(notImplemented('session.change_password')) }],
  ]);
};

const text = (value: unknown): string => String(value);
const roleNamed = (name: string): Role | undefined => roles.find(role => role === name);
