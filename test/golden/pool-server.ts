// A recorded pool served by a whole hostd in this process, with the simulator behind it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerAddress } from '../../src/client/address.ts';
import { openDb } from '../../src/db/open.ts';
import { memoryStore } from '../../src/db/stores/memory.ts';
import { hashPassword, writeUsers } from '../../src/hostd/auth/users.ts';
import { startHost } from '../../src/hostd/host.ts';
import { createLogger } from '../../src/hostd/log.ts';
import { replayParts } from '../../src/hostd/parts.ts';
import { readSettings } from '../../src/hostd/settings.ts';
import { poolFile } from './recordings.ts';

export const PASSWORD = 'recorded-password';

export interface PoolServer extends AsyncDisposable {
  /** The local socket, where root needs no password. */
  readonly socket: string;
  /** Where user and password count. */
  readonly remote: ServerAddress;
  readonly logLines: readonly string[];
}

let passwordHash: ReturnType<typeof hashPassword> | undefined;

export const servePool = async (pool: 'A' | 'B'): Promise<PoolServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-golden-'));
  const socket = join(folder, 'xapi');
  const logLines: string[] = [];
  const log = createLogger({ level: 'warn', format: 'json', write: line => void logLines.push(line) });
  const argv = [
    '--simulate',
    '--records',
    poolFile(pool),
    '--state-dir',
    folder,
    '--listen',
    `unix:${socket}`,
    '--listen',
    'tcp:127.0.0.1:0',
  ];
  const settings = await readSettings(argv, { env: {}, isRoot: false, isTerminal: false });
  if (settings?.records === undefined) throw new Error('the settings of a recorded pool were not understood');
  passwordHash ??= hashPassword(PASSWORD);
  await writeUsers(folder, new Map([['root', { role: 'pool-admin', hash: await passwordHash }]]));
  const db = await openDb({ store: memoryStore(), log });
  const parts = await replayParts(db, settings, settings.records);
  const throttle = { failed: () => 0, succeeded: () => undefined };
  const host = await startHost({ settings, certificate: undefined, parts, log, throttle });
  const port = host.server.addresses.flatMap(address => (address.kind === 'tcp' ? [address.port] : []))[0] ?? 0;
  return {
    socket,
    remote: { kind: 'tcp', host: '127.0.0.1', port },
    logLines,
    async [Symbol.asyncDispose]() {
      await host.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
