// Where files that come are written: aside, brought to the medium and only then given their name, so that what has the name is whole; a file
// that exists is not written over. Or to stdout, where nothing can be taken back.

import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../client/errors.ts';
import { CommandError, PlainError } from './exit.ts';
import type { Io } from './io.ts';

export interface Sink {
  write(chunk: Uint8Array): Promise<void>;
  /** What was written does not count. */
  restart(): Promise<void>;
  /** Gives the file its name, when all of it is on the medium. */
  keep(): Promise<void>;
  discard(): Promise<void>;
}

export const standardSink = (io: Pick<Io, 'writeBytes'>): Sink => ({
  write: chunk => io.writeBytes(chunk),
  async restart() {
    throw new CommandError('The file was changed at the server while it was fetched, and a part of it is out already.');
  },
  keep: async () => undefined,
  discard: async () => undefined,
});

export const openForReading = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw fileError(path, error);
  }
};

/** A file that is written beside its name; refused where the name is taken. */
export const openAside = async (path: string): Promise<Sink> => {
  const made = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    await (await open(path, 'r')).close();
    throw Object.assign(new Error('exists'), { code: 'EEXIST' });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw fileError(path, error);
  }
  let file = await open(made, 'wx', 0o600).catch((error: unknown) => {
    throw fileError(path, error);
  });
  const discard = async (): Promise<void> => {
    await file.close();
    await rm(made, { force: true });
  };
  const keep = async (): Promise<void> => {
    await file.sync();
    await file.close();
    await nameIt(made, path);
    await using folder = await open(dirname(path), 'r');
    await folder.sync();
  };
  return {
    write: chunk => file.writeFile(chunk),
    async restart() {
      await file.truncate(0);
      await file.close();
      file = await open(made, 'r+');
    },
    keep,
    discard,
  };
};

/** A link is refused where the name is taken meanwhile; file systems without links get a rename. */
const nameIt = async (made: string, path: string): Promise<void> => {
  try {
    await link(made, path);
    await rm(made);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes(systemCode(error) ?? '')) throw fileError(path, error);
    await rename(made, path);
  }
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
};

const fileError = (path: string, error: unknown): unknown => {
  const code = systemCode(error);
  return code === undefined ? error : new PlainError(`Operation failed. Error: ${path}: ${reasons[code] ?? code}`, { cause: error });
};
