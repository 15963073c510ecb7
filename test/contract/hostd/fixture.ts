// A whole hostd in this process: real sessions, tasks, events, dispatch and HTTP over a database in memory; drivers that are never asked, and
// the operations a test gives it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTransport } from '../../../src/client/transport.ts';
import { openDb } from '../../../src/db/open.ts';
import { memoryStore } from '../../../src/db/stores/memory.ts';
import type { HypervisorDriver } from '../../../src/drivers/hypervisor.ts';
import type { NetworkDriver } from '../../../src/drivers/network.ts';
import type { LogLevel } from '../../../src/lib/logger.ts';
import type { ListenAddress } from '../../../src/hostd/address.ts';
import type { Throttle } from '../../../src/hostd/auth/throttle.ts';
import type { PeerMessages } from '../../../src/hostd/dispatch/tables.ts';
import { operationTable, type TypedOps } from '../../../src/hostd/dispatch/tables.ts';
import type { HttpLimits } from '../../../src/hostd/http/limits.ts';
import { startHost } from '../../../src/hostd/host.ts';
import { createLogger } from '../../../src/hostd/log.ts';
import { hostCertificate } from '../../../src/hostd/tls.ts';
import { isXenError } from '../../../src/model/error.ts';
import type { Services } from '../../../src/ops/context.ts';

export interface TestHost extends AsyncDisposable {
  readonly services: Services;
  readonly folder: string;
  readonly socketPath: string;
  readonly addresses: readonly ListenAddress[];
  readonly fingerprint: string | undefined;
  readonly logLines: readonly string[];
  readonly session: string;
  /** A call over the unix socket. */
  rpc(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /** The same with this host's own session first. */
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

export interface TestHostOptions {
  readonly ops?: TypedOps;
  readonly peerMessages?: PeerMessages;
  readonly listen?: readonly ListenAddress[];
  readonly hypervisor?: Partial<HypervisorDriver>;
  readonly network?: Partial<NetworkDriver>;
  readonly logLevel?: LogLevel;
  /** Makes the first records; left out: a host and a pool. */
  readonly records?: (services: Services) => Promise<void>;
  readonly throttle?: Throttle;
  readonly limits?: Partial<HttpLimits>;
}

const idle = { close: () => Promise.resolve() };

export const startTestHost = async (options: TestHostOptions = {}): Promise<TestHost> => {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-hostd-'));
  const socketPath = join(folder, 'xapi');
  const listen: readonly ListenAddress[] = [{ kind: 'unix', path: socketPath }, ...(options.listen ?? [])];
  const logLines: string[] = [];
  const log = createLogger({ level: options.logLevel ?? 'info', format: 'json', write: line => void logLines.push(line) });
  const certificate = listen.some(address => address.kind === 'tls') ? await hostCertificate(folder, 'host-under-test') : undefined;
  const host = await startHost({
    log,
    certificate,
    ...(options.throttle && { throttle: options.throttle }),
    ...(options.limits && { limits: options.limits }),
    settings: {
      stateDir: folder,
      listen,
      hypervisor: 'sim',
      network: 'sim',
      privateSwitch: false,
      nics: 'none',
      storage: 'sim',
      hostName: 'host-under-test',
      migrationAddress: '127.0.0.1',
      ...(listen.some(address => 'follows' in address) && { followsManagement: true }),
      logLevel: 'info',
      logFormat: 'json',
    },
    parts: {
      db: await openDb({ store: memoryStore(), log }),
      hypervisor: { ...idle, ...options.hypervisor } as HypervisorDriver,
      network: { ...idle, ...options.network } as NetworkDriver,
      storage: new Map(),
      ops: operationTable(options.ops ?? {}),
      peerMessages: options.peerMessages ?? new Map(),
      async startOps(services) {
        await (options.records ?? firstRecords)(services);
        return { stop: () => Promise.resolve() };
      },
    },
  });
  const transport = new HttpTransport({ kind: 'unix', path: socketPath });
  const rpc = (method: string, ...params: readonly unknown[]): Promise<unknown> => transport.request({ method, params });
  const session = String(await rpc('session.login_with_password', 'root', '', '2.23', 'test'));
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= host.stop().finally(() => transport.close()));
  return {
    services: host.services,
    folder,
    socketPath,
    addresses: host.server.addresses,
    fingerprint: certificate?.fingerprint,
    logLines,
    session,
    rpc,
    call: (method, ...params) => rpc(method, session, ...params),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** The code and parameters that a call is refused with. */
export const failure = async (call: Promise<unknown>): Promise<readonly string[]> => {
  try {
    await call;
  } catch (error) {
    if (isXenError(error)) return error.description;
    throw error;
  }
  throw new Error('the call went well');
};

const firstRecords = async ({ db, self }: Services): Promise<void> => {
  await db.transaction(tx => {
    self.host = tx.insert('host', { name_label: 'one', hostname: 'one', enabled: true });
    self.pool = tx.insert('pool', { name_label: 'Test pool', master: self.host });
  });
};
