// All listeners of hostd together: opens them, knows what is in work, and ends them in good order: no new requests, waits end at once, replies under
// way are finished within a bound, then the rest is cut off.

import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import type { Server, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../lib/logger.ts';
import { addressText, type ListenAddress } from './address.ts';
import type { ConsoleServer } from './console.ts';
import { type BodyBudget, cutSlow } from './http/body.ts';
import type { HttpLimits } from './http/limits.ts';
import { createHttpServer, type Face, type HttpContext } from './http/server.ts';
import { ManagementListener, type ManagementSource } from './management-listener.ts';
import type { HostCertificate } from './tls.ts';
import type { Transfers } from './transfers/serve.ts';

export interface ApiServer {
  /** Where it listens, with the ports it was given. */
  readonly addresses: readonly ListenAddress[];
  /** Resolves when every reply is out, or `graceMs` have passed. */
  stop(graceMs: number): Promise<void>;
}

export interface ApiServerOptions {
  readonly listen: readonly ListenAddress[];
  readonly certificate: HostCertificate | undefined;
  readonly limits: HttpLimits;
  readonly faces: ReadonlyMap<string, Face>;
  readonly consoles: ConsoleServer;
  readonly isRemoteOpen: () => boolean;
  readonly transfers: Transfers;
  /** Where listeners that follow the management are to be. */
  readonly management: ManagementSource;
  readonly log: Logger;
}

export const startServer = async (options: ApiServerOptions): Promise<ApiServer> => {
  const { limits, faces, log } = options;
  const budget: BodyBudget = { used: 0, limit: limits.allBodiesBytes, waiting: new Set() };
  const sweeper = setInterval(
    () => cutSlow(budget, performance.now(), limits.requestTimeoutMs),
    Math.min(limits.requestTimeoutMs, SWEEP_MS),
  );
  sweeper.unref();
  const servers: Server[] = [];
  const followers: ManagementListener[] = [];
  const addresses: ListenAddress[] = [];
  const live = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const socketsOf = new WeakMap<Server, Set<Socket>>();
  let stopping = false;
  const context: Omit<HttpContext, 'kind'> = {
    limits,
    faces,
    log,
    budget,
    live,
    connect: options.consoles,
    transfers: options.transfers,
    isStopping: () => stopping,
    isRemoteOpen: options.isRemoteOpen,
  };
  const stop = async (graceMs: number): Promise<void> => {
    stopping = true;
    clearInterval(sweeper);
    // A connection ends with the reply that is under way on it.
    for (const response of live) response.shouldKeepAlive = false;
    await Promise.all(followers.map(follower => follower.stop()));
    const open = [...servers, ...followers.flatMap(follower => follower.servers)];
    const closed = Promise.all(open.map(closeServer));
    for (const server of open) server.closeIdleConnections();
    await finished(live, graceMs);
    // Time for the last bytes; then what is left was idle, or does not read.
    await sleep(sockets.size > 0 ? LAST_BYTES_MS : 0);
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const open = async (address: ListenAddress): Promise<{ readonly server: Server; readonly bound: ListenAddress }> => {
    const certificate = address.kind === 'tls' ? options.certificate : undefined;
    const server = createHttpServer({ ...context, kind: address.kind, ...(certificate && { certificate }) });
    const own = new Set<Socket>();
    socketsOf.set(server, own);
    server.on('connection', (socket: Socket) => {
      if (address.kind !== 'unix' && !options.isRemoteOpen()) return void socket.destroy();
      for (const set of [sockets, own]) set.add(socket);
      socket.on('close', () => {
        for (const set of [sockets, own]) set.delete(socket);
      });
    });
    const bound = await listen(server, address);
    log.info('listening', { address: addressText(bound) });
    return { server, bound };
  };
  /** Of an address that goes. */
  const retire = async (server: Server): Promise<void> => {
    const closed = closeServer(server);
    server.closeIdleConnections();
    const over = new AbortController();
    await Promise.race([closed, sleep(RETIRE_MS, undefined, { signal: over.signal, ref: false }).catch(() => undefined)]);
    over.abort();
    for (const socket of socketsOf.get(server) ?? []) socket.destroy();
  };
  const follow = async (address: Extract<ListenAddress, { readonly port: number }>): Promise<void> => {
    const { follows: _follows, ...place } = address;
    const openOn = async (host: string): Promise<Server> => (await open({ ...place, host })).server;
    const follower = new ManagementListener({ source: options.management, open: openOn, retire, log });
    followers.push(follower);
    await follower.start();
  };
  try {
    for (const address of options.listen) {
      if (address.kind !== 'unix' && address.follows !== undefined) {
        await follow(address);
        addresses.push(address);
        continue;
      }
      const { server, bound } = await open(address);
      servers.push(server);
      addresses.push(bound);
    }
  } catch (error) {
    await stop(0);
    throw error;
  }
  return { addresses, stop };
};

const LAST_BYTES_MS = 20;
const SWEEP_MS = 5000;
/** For what is under way on an address that goes. */
const RETIRE_MS = 10_000;

const closeServer = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()));

/** Resolves when every reply is out, or the time is over. */
const finished = async (live: ReadonlySet<ServerResponse>, graceMs: number): Promise<void> => {
  const out = Promise.all([...live].map(response => new Promise(resolve => response.once('close', resolve))));
  const over = new AbortController();
  await Promise.race([out, sleep(graceMs, undefined, { signal: over.signal }).catch(() => undefined)]);
  over.abort();
};

const listen = async (server: Server, address: ListenAddress): Promise<ListenAddress> => {
  if (address.kind === 'unix') await freeSocket(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => reject(new Error(`cannot listen on ${addressText(address)}: ${error.message}`, { cause: error })));
    if (address.kind === 'unix') server.listen({ path: address.path, readableAll: false, writableAll: false }, resolve);
    else server.listen({ port: address.port, ...(address.host === undefined ? {} : { host: address.host }) }, resolve);
  });
  if (address.kind === 'unix') {
    chmodSync(address.path, 0o600);
    return address;
  }
  const bound = server.address();
  return { ...address, port: typeof bound === 'object' && bound !== null ? bound.port : address.port };
};

/** Removes a socket that an ended process left; a living one is an error. */
const freeSocket = async (path: string): Promise<void> => {
  if (!existsSync(path)) return;
  const alive = await new Promise<boolean>(resolve => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (alive) throw new Error(`another process listens on ${path}`);
  unlinkSync(path);
};
