// Files on their way between a client and a disk. They belong to this process: what an earlier one has left is thrown away.

import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Refused } from '../http/access.ts';

const MAX_FILES = 16;

export interface SpoolFile extends AsyncDisposable {
  readonly path: string;
}

export interface Spool {
  /** A name for a file that is not there yet; it is removed in the end. Throws Refused if too many are on their way. */
  take(): SpoolFile;
}

export const openSpool = async (folder: string): Promise<Spool> => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let taken = 0;
  return {
    take: () => {
      if (taken >= MAX_FILES) throw new Refused('503 Service Unavailable');
      taken += 1;
      const path = join(folder, randomUUID());
      return {
        path,
        [Symbol.asyncDispose]: async () => {
          taken -= 1;
          await rm(path, { force: true });
        },
      };
    },
  };
};
