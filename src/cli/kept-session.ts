// Sessions that `xcp login` keeps: one file for each server in a folder of the runtime directory, which is gone when the machine starts
// again. The folder and the files belong to the user and can be read by nobody else; whatever is not so is not used.

import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressText, type ServerAddress } from '../client/address.ts';
import { systemCode } from '../client/errors.ts';
import { CommandError } from './exit.ts';
import type { Io } from './io.ts';
import { asRecord } from './records/objects.ts';

export interface KeptSession {
  /** Where the session is: the master, if the server sent the login on. */
  readonly address: ServerAddress;
  readonly userName: string;
  readonly session: string;
}

const OWNER_FOLDER = 0o700;
const OWNER_ONLY = 0o600;
const OF_OTHERS = 0o077;

const userId = (): number => process.getuid?.() ?? 0;

/** Whether it is ours alone, and no link that leads elsewhere. Undefined: it is not there. */
const isOurs = (path: string, kind: 'file' | 'folder'): boolean | undefined => {
  try {
    const stat = lstatSync(path);
    return (kind === 'file' ? stat.isFile() : stat.isDirectory()) && stat.uid === userId() && (stat.mode & OF_OTHERS) === 0;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

export const sessionFolder = (env: Io['env']): string => {
  const { XDG_RUNTIME_DIR: runtime } = env;
  return runtime === undefined || runtime === '' ? join(tmpdir(), `xcp-${userId()}`) : join(runtime, 'xcp');
};

const fileOf = (env: Io['env'], server: ServerAddress): string =>
  join(sessionFolder(env), `session-${createHash('sha256').update(addressText(server)).digest('hex').slice(0, 16)}.json`);

/** The session on this server, if one is kept; of another user than `userName`, if that is said, it does not count. */
export const recallSession = (env: Io['env'], server: ServerAddress, userName: string | undefined): KeptSession | undefined => {
  const folder = sessionFolder(env);
  const path = fileOf(env, server);
  if (isOurs(folder, 'folder') !== true || isOurs(path, 'file') !== true) return undefined;
  const kept = parsed(readFileSync(path, 'utf8'));
  return kept === undefined || (userName !== undefined && userName !== kept.userName) ? undefined : kept;
};

const parsed = (text: string): KeptSession | undefined => {
  try {
    const { address, userName, session } = asRecord(JSON.parse(text)) ?? {};
    const { kind, host, port } = asRecord(address) ?? {};
    if (typeof userName !== 'string' || typeof session !== 'string') return undefined;
    if ((kind !== 'tls' && kind !== 'tcp') || typeof host !== 'string' || typeof port !== 'number') return undefined;
    return { address: { kind, host, port }, userName, session };
  } catch (error) {
    // A file that was cut short is no session.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

export const keepSession = async (env: Io['env'], server: ServerAddress, kept: KeptSession): Promise<string> => {
  const folder = sessionFolder(env);
  mkdirSync(folder, { recursive: true, mode: OWNER_FOLDER });
  if (isOurs(folder, 'folder') !== true)
    throw new CommandError(`${folder} is not yours alone: set XDG_RUNTIME_DIR to a folder that only you can use`);
  const path = fileOf(env, server);
  const aside = `${path}.${process.pid}`;
  await rm(aside, { force: true });
  // Made anew, so that it never has another mode or another owner.
  await using file = await open(aside, 'wx', OWNER_ONLY);
  await file.writeFile(JSON.stringify(kept));
  await rename(aside, path);
  return path;
};

export const forgetSession = async (env: Io['env'], server: ServerAddress): Promise<void> => {
  await rm(fileOf(env, server), { force: true });
};

/** All that are kept. */
export const keptSessions = async (env: Io['env']): Promise<readonly KeptSession[]> => {
  const folder = sessionFolder(env);
  if (isOurs(folder, 'folder') !== true) return [];
  return (await readdir(folder))
    .filter(name => /^session-[0-9a-f]+\.json$/.test(name) && isOurs(join(folder, name), 'file') === true)
    .flatMap(name => parsed(readFileSync(join(folder, name), 'utf8')) ?? []);
};
