// What was written stays across a power cut: of a file its content, of a directory the names in it (fsync(2)).

import { open } from 'node:fs/promises';

/** Resolves when it is on the medium. Rejects where the path is not there. */
export const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
