// Decides whether a name and a password are good, and which role they give. The host's root (and the account hostd runs as) are pool-admin
// by the host's own password; everyone else stands in the users file. Wrong answers are late, few at a time, and all alike.

import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../lib/logger.ts';
import { XenError } from '../../model/error.ts';
import { checkPam, findPamHelper } from './pam.ts';
import type { Throttle } from './throttle.ts';
import { hashPassword, MAX_PASSWORD_BYTES, type PasswordHash, usersReader, verifyPassword } from './users.ts';

export interface Login {
  readonly userName: string;
  readonly role: string;
  /** The host's root, or the account that hostd runs as. */
  readonly isOwner: boolean;
}

export interface Authenticator {
  /** Throws SESSION_AUTHENTICATION_FAILED [user, text] after a while. `source` is where the attempts are counted. */
  login(user: string, password: string, source: string, signal: AbortSignal): Promise<Login>;
}

const MAX_CHECKS_AT_ONCE = 2;
const MAX_ATTEMPTS_AT_ONCE = 64;
const OWNER_ROLE = 'pool-admin';

const refused = (user: string, text = 'Authentication failure'): XenError => new XenError('SESSION_AUTHENTICATION_FAILED', [user, text]);

export const createAuthenticator = async (options: {
  readonly stateDir: string;
  readonly log: Logger;
  readonly throttle: Throttle;
}): Promise<Authenticator> => {
  const readUsers = usersReader(options.stateDir);
  const pam = await findPamHelper();
  const owner = userInfo();
  const gate = createGate(MAX_CHECKS_AT_ONCE);
  // Checked when the user is unknown, so that the time taken tells nothing. Made meanwhile: no start waits for it.
  const decoy = hashPassword('no such user');
  decoy.catch(() => undefined); // told to whoever needs it
  let attempts = 0;

  const check = async (user: string, password: string): Promise<Login | undefined> => {
    const entry = (await readUsers()).get(user);
    const isOwner = user === 'root' || user === owner.username;
    const hash: PasswordHash | undefined = entry?.hash;
    if (hash === undefined && pam !== undefined && (isOwner || entry !== undefined)) {
      const good = await checkPam(pam, user, password);
      return good ? { userName: user, role: entry?.role ?? OWNER_ROLE, isOwner } : undefined;
    }
    const good = await verifyPassword(password, hash ?? (await decoy));
    return good && hash !== undefined ? { userName: user, role: entry?.role ?? OWNER_ROLE, isOwner } : undefined;
  };

  return {
    async login(user, password, source, signal) {
      if (user === '') throw refused(user, 'User not known to the underlying authentication module');
      if (attempts >= MAX_ATTEMPTS_AT_ONCE) throw refused(user, 'Too many logins at once');
      attempts += 1;
      try {
        const tooLong = Buffer.byteLength(password) > MAX_PASSWORD_BYTES || Buffer.byteLength(user) > MAX_PASSWORD_BYTES;
        const login = tooLong ? undefined : await gate(() => check(user, password));
        if (login !== undefined) {
          options.throttle.succeeded(source);
          return login;
        }
        const delayMs = options.throttle.failed(source);
        options.log.warn('login refused', { user: user.slice(0, 64), source, delayMs });
        await sleep(delayMs, undefined, { signal, ref: false });
        throw refused(user.slice(0, MAX_PASSWORD_BYTES));
      } finally {
        attempts -= 1;
      }
    },
  };
};

/** Runs at most `size` at once, in order of arrival; how many wait is bounded by its caller. */
const createGate = (size: number): (<T>(run: () => Promise<T>) => Promise<T>) => {
  let free = size;
  const waiting: (() => void)[] = [];
  return async run => {
    if (free > 0) free -= 1;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
};
