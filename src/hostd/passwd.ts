// `xcp hostd passwd USER [--role ROLE] [--state-dir DIR]`: sets a password in the users file. The password comes from the terminal, twice
// and unseen, or as the first line of standard input; never from an argument.

import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { roles } from '../model/index.ts';
import { hashPassword, MAX_PASSWORD_BYTES, usersReader, writeUsers } from './auth/users.ts';
import { defaultStateDir, SettingsError, type Surroundings } from './settings.ts';

export interface PasswordInput {
  readonly isTerminal: boolean;
  /** One line without its end; on a terminal after showing `prompt`, without echo. */
  readLine(prompt: string): Promise<string>;
}

export const runPasswd = async (argv: readonly string[], around: Surroundings, input: PasswordInput): Promise<void> => {
  const { values, positionals } = parseCommand(argv);
  const [user, ...surplus] = positionals;
  if (user === undefined || surplus.length > 0) throw new SettingsError('passwd needs one user name');
  if (!/^[^\s:/\\]{1,128}$/.test(user)) throw new SettingsError(`'${user}' is not a user name`);
  const stateDir = values['state-dir'] ?? defaultStateDir(around);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const users = await usersReader(stateDir)();
  const role = values.role ?? users.get(user)?.role ?? 'pool-admin';
  const known: readonly string[] = roles;
  if (!known.includes(role)) throw new SettingsError(`'${role}' is not a role: one of ${known.join(', ')}`);
  const hash = await hashPassword(await askPassword(user, input));
  await writeUsers(stateDir, new Map([...users, [user, { role, hash }]]));
};

const parseCommand = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options: { role: { type: 'string' }, 'state-dir': { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : String(error), { cause: error });
  }
};

const askPassword = async (user: string, input: PasswordInput): Promise<string> => {
  const password = await input.readLine(`New password for ${user}: `);
  if (password === '') throw new SettingsError('the password must not be empty');
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) throw new SettingsError(`the password is longer than ${MAX_PASSWORD_BYTES} bytes`);
  if (input.isTerminal && (await input.readLine('Again: ')) !== password) throw new SettingsError('the passwords differ');
  return password;
};
