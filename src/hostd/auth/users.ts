// The users file, `<state>/users.json`, mode 0600: who may log in besides the host's own root, each with a scrypt hash and a role.
// A user without a hash logs in with the host's own password (PAM). Read anew when the file changes; written beside and renamed.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface UserEntry {
  readonly role: string;
  readonly hash?: PasswordHash;
}

export interface PasswordHash {
  readonly salt: string;
  readonly key: string;
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelism: number;
}

export type Users = ReadonlyMap<string, UserEntry>;

const COST = 32768;
const BLOCK_SIZE = 8;
const KEY_BYTES = 32;
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;
/** Longer passwords are refused before any hashing. */
export const MAX_PASSWORD_BYTES = 1024;

export const usersPath = (stateDir: string): string => join(stateDir, 'users.json');

export const hashPassword = async (password: string): Promise<PasswordHash> => {
  const salt = randomBytes(16);
  const key = await derive(password, salt, { cost: COST, blockSize: BLOCK_SIZE, parallelism: 1 });
  return { salt: salt.toString('base64'), key: key.toString('base64'), cost: COST, blockSize: BLOCK_SIZE, parallelism: 1 };
};

/** Compares in constant time. */
export const verifyPassword = async (password: string, hash: PasswordHash): Promise<boolean> => {
  const expected = Buffer.from(hash.key, 'base64');
  const key = await derive(password, Buffer.from(hash.salt, 'base64'), hash);
  return key.length === expected.length && timingSafeEqual(key, expected);
};

const derive = (password: string, salt: Buffer, hash: Pick<PasswordHash, 'cost' | 'blockSize' | 'parallelism'>): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N: hash.cost, r: hash.blockSize, p: hash.parallelism, maxmem: MAX_MEMORY_BYTES };
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });

/** Gives the users as the file has them now; no file is no users. A damaged file is an error that names it. */
export const usersReader = (stateDir: string): (() => Promise<Users>) => {
  const path = usersPath(stateDir);
  let cached: { readonly stamp: string; readonly users: Users } | undefined;
  return async () => {
    const stamp = await fileStamp(path);
    if (cached?.stamp !== stamp) cached = { stamp, users: stamp === '' ? new Map() : parseUsers(await readFile(path, 'utf8'), path) };
    return cached.users;
  };
};

const fileStamp = async (path: string): Promise<string> => {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}/${size}/${ino}`;
  } catch (error) {
    if (isObject(error) && error['code'] === 'ENOENT') return '';
    throw error;
  }
};

export const parseUsers = (text: string, path: string): Users => {
  const wrong = (what: string): Error => new Error(`${path}: ${what}`);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON`, { cause: error });
  }
  if (!isObject(data) || !isObject(data['users'])) throw wrong('expected {"users": {…}}');
  const users = new Map<string, UserEntry>();
  for (const [name, entry] of Object.entries(data['users'])) {
    if (!isObject(entry) || typeof entry['role'] !== 'string') throw wrong(`user '${name}' has no role`);
    const hash = entry['hash'] === undefined ? undefined : parseHash(entry['hash']);
    if (entry['hash'] !== undefined && hash === undefined) throw wrong(`user '${name}' has a damaged hash`);
    users.set(name, { role: entry['role'], ...(hash === undefined ? {} : { hash }) });
  }
  return users;
};

const parseHash = (value: unknown): PasswordHash | undefined => {
  if (!isObject(value)) return undefined;
  const { salt, key, cost, blockSize, parallelism } = value;
  if (typeof salt !== 'string' || typeof key !== 'string') return undefined;
  if (typeof cost !== 'number' || typeof blockSize !== 'number' || typeof parallelism !== 'number') return undefined;
  if (cost * blockSize * parallelism > COST * BLOCK_SIZE * 16) return undefined;
  return { salt, key, cost, blockSize, parallelism };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const writeUsers = async (stateDir: string, users: Users): Promise<void> => {
  const path = usersPath(stateDir);
  const draft = `${path}.new`;
  await writeFile(draft, `${JSON.stringify({ users: Object.fromEntries(users) }, undefined, 2)}\n`, { mode: 0o600, flush: true });
  await rename(draft, path);
};
