// Keeps the serial logs bounded. QEMU appends all a guest prints to a log, whether somebody looks at its console or not; a log that has
// grown too long is cut down to its tail. QEMU opens it for appending, so it goes on at the new end. What is printed between reading the
// tail and cutting is lost from the log, not from a console that is open.

import { open, readdir } from 'node:fs/promises';
import type { Logger } from '../../../lib/logger.ts';
import { guestPaths, guestsDirectory } from '../guest-paths.ts';
import { isMissing } from '../os-errors.ts';

const MAX_BYTES = 4 << 20;
const KEPT_BYTES = 256 << 10;

export const trimSerialLog = async (path: string, limits = { maxBytes: MAX_BYTES, keptBytes: KEPT_BYTES }): Promise<void> => {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    if (size <= limits.maxBytes) return;
    const tail = Buffer.alloc(limits.keptBytes);
    const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
    await file.truncate(0);
    await file.write(tail, 0, bytesRead, 0);
  } finally {
    await file.close();
  }
};

/** Never rejects: what cannot be trimmed is told and tried again later. */
export const trimSerialLogs = async (stateDir: string, log: Logger): Promise<void> => {
  try {
    for (const id of await readdir(guestsDirectory(stateDir))) await trimSerialLog(guestPaths(stateDir, id).serialLog);
  } catch (error) {
    if (!isMissing(error)) log.warn('a serial log could not be trimmed', { error });
  }
};
