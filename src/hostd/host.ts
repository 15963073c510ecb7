// hostd put together: database, drivers, engine, operations, sessions, tasks, events, and the API in front of them. In the order in which they need each
// other; stopped in the reverse order.

import { createServices, noSelf, type Parts } from './compose.ts';
import { createAuthenticator } from './auth/login.ts';
import { createThrottle, type Throttle } from './auth/throttle.ts';
import { eventMessages } from './builtin/event.ts';
import { sessionMessages } from './builtin/session.ts';
import { taskMessages } from './builtin/task.ts';
import { join } from 'node:path';
import { createConsoleServer } from './console.ts';
import { createDispatcher, type Dispatcher } from './dispatch/dispatcher.ts';
import { createEventWaits } from './events/from.ts';
import { createEventRegistry } from './events/registry.ts';
import { jsonFace } from './http/json-face.ts';
import { defaultHttpLimits, type HttpLimits } from './http/limits.ts';
import { xmlFace } from './http/xml-face.ts';
import { type ApiServer, startServer } from './server.ts';
import { SessionTable } from './sessions.ts';
import type { Settings } from './settings.ts';
import { TaskTable } from './tasks.ts';
import { createTransfers } from './transfers/serve.ts';
import { openSpool } from './transfers/spool.ts';
import type { HostCertificate } from './tls.ts';
import type { Logger } from '../lib/logger.ts';
import type { Services } from '../ops/context.ts';
import { managementSource } from './management-source.ts';
import { managementPif } from '../ops/host/management.ts';

export interface RunningHost {
  readonly services: Services;
  readonly sessions: SessionTable;
  readonly dispatcher: Dispatcher;
  readonly server: ApiServer;
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 10_000;

export const startHost = async (options: {
  readonly settings: Settings;
  readonly certificate: HostCertificate | undefined;
  readonly parts: Parts;
  readonly log: Logger;
  /** For tests: one that does not wait, limits that are soon reached. */
  readonly throttle?: Throttle;
  readonly limits?: Partial<HttpLimits>;
}): Promise<RunningHost> => {
  const { settings, parts, log } = options;
  await using undo = new AsyncDisposableStack();
  undo.defer(() => parts.db.close());
  const self = noSelf();
  const sessions = new SessionTable({ db: parts.db, log, host: () => self.host });
  undo.defer(() => sessions.stop());
  const tasks = new TaskTable({ db: parts.db, log, host: () => self.host });
  const services = createServices(parts, { ...settings, fingerprint: options.certificate?.fingerprint }, log, { sessions, tasks }, self);
  undo.defer(() => services.hypervisor.close());
  undo.defer(() => services.network.close());
  undo.defer(() => services.engine.close());
  const operations = await parts.startOps(services);
  undo.defer(() => operations.stop());
  const waits = createEventWaits(parts.db);
  undo.defer(() => waits.close());
  const registry = createEventRegistry(parts.db);
  undo.defer(() => registry.close());
  sessions.onEnd(ref => registry.forget(ref));
  const authenticator = await createAuthenticator({ stateDir: settings.stateDir, log, throttle: options.throttle ?? createThrottle() });
  const builtins = new Map([
    ...sessionMessages(sessions, authenticator),
    ...eventMessages(parts.db, waits, registry),
    ...taskMessages(parts.db, tasks),
  ]);
  const { ops, peerMessages } = parts;
  const dispatcher = createDispatcher({ services, sessions, tasks, ops, peerMessages, builtins, log });
  const limits = { ...defaultHttpLimits, ...options.limits };
  const xml = xmlFace(dispatcher, limits.xmlBodyBytes);
  const faces = new Map([
    ['/', xml],
    ['/RPC2', xml],
    ['/json', xml],
    ['/jsonrpc', jsonFace(dispatcher, limits.jsonBodyBytes)],
  ]);
  const consoles = createConsoleServer({ services, sessions, log });
  const spool = await openSpool(join(settings.stateDir, 'spool'));
  const transfers = createTransfers({ services, sessions, tasks, spool, log: log.with({ part: 'transfers' }) });
  const { certificate } = options;
  const isRemoteOpen = (): boolean => !services.networkTrials.ownsNetwork || managementPif(services.db, self.host) !== undefined;
  const management = managementSource(services);
  const server = await startServer({
    listen: settings.listen,
    ...{ certificate, limits, faces, consoles, transfers, isRemoteOpen, management, log },
  });
  const stack = undo.move();
  return {
    services,
    sessions,
    dispatcher,
    server,
    async stop() {
      const stopped = server.stop(STOP_GRACE_MS);
      // Those who wait for events are answered with none, so that their connections can end.
      waits.close();
      registry.close();
      await stopped;
      await stack.disposeAsync();
    },
  };
};
