// What somebody says first on a connection, before anything is said to it.

import { once } from 'node:events';
import type { Duplex } from 'node:stream';

const WAIT_MS = 60_000;

/** Opens a connection, hears the first piece and hangs up. */
export const firstWords = async (connect: (signal: AbortSignal) => Promise<Duplex>): Promise<string> => {
  const limit = AbortSignal.timeout(WAIT_MS);
  const socket = await connect(limit);
  try {
    const [first] = await once(socket, 'data', { signal: limit });
    return String(first);
  } finally {
    socket.destroy();
  }
};
