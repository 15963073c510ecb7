// The control domain as this driver reaches it: its programs, its sockets, its files. It is the machine this runs on; the labs give another.

import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import { syncPath } from '../../../lib/sync-path.ts';
import { DriverError } from '../../hypervisor.ts';
import { isMissing } from '../os-errors.ts';
import { openSocket } from '../qmp/monitor.ts';
import { type Conversation, converse, runTool, type ToolOptions } from '../../tool.ts';

export type { Conversation };

export interface Listening {
  /** Ends what is connected, too. */
  close(): Promise<void>;
}

export interface Dom0 {
  /** As `runTool`. */
  run(program: string, args: readonly string[], options?: ToolOptions): Promise<string>;
  /** Starts a program to talk with; it outlives this process unless it looks at the end of its input. */
  converse(program: string, args: readonly string[]): Promise<Conversation>;
  /** Listens on a unix socket; what was there under its name is replaced. */
  listen(path: string, onConnection: (socket: Duplex) => void): Promise<Listening>;
  /** Connects to a unix socket. Rejects with DriverError `unreachable` when nobody listens. */
  connect(path: string, signal: AbortSignal): Promise<Duplex>;
  /** Undefined where there is no such file. */
  readText(path: string): Promise<string | undefined>;
  /** Whole or not at all, also across a power cut. */
  writeText(path: string, text: string, mode: number): Promise<void>;
  /** Readable by its owner only, with all above it. Idempotent. */
  makeDirectory(path: string): Promise<void>;
  /** Names in a directory; none where there is no such directory. */
  list(path: string): Promise<readonly string[]>;
  /** With all below it. Idempotent. */
  remove(path: string): Promise<void>;
}

const unlessMissing = <T>(otherwise: T): ((error: unknown) => T) => {
  return error => {
    if (isMissing(error)) return otherwise;
    throw error;
  };
};

const listen = async (path: string, onConnection: (socket: Duplex) => void): Promise<Listening> => {
  await rm(path, { force: true });
  const connected = new Set<Socket>();
  const server = createServer(socket => {
    connected.add(socket);
    socket.once('close', () => void connected.delete(socket));
    onConnection(socket);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (cause: Error) => reject(new DriverError('failed', `cannot listen on ${path}: ${cause.message}`, { cause })));
  server.listen(path, resolve);
  await promise;
  return {
    async close() {
      server.close();
      for (const socket of connected) socket.destroy();
      await rm(path, { force: true });
    },
  };
};

export const localDom0: Dom0 = {
  run: runTool,
  converse,
  listen,
  connect: openSocket,
  readText: path => readFile(path, 'utf8').catch(unlessMissing(undefined)),
  async writeText(path, text, mode) {
    const partial = `${path}.new`;
    await writeFile(partial, text, { mode });
    await chmod(partial, mode);
    await syncPath(partial);
    await rename(partial, path);
    await syncPath(dirname(path));
  },
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  list: path => readdir(path).catch(unlessMissing([])),
  remove: path => rm(path, { recursive: true, force: true }),
};
