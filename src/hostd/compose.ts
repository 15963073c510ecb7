// Which real parts stand behind the contracts: the database's store, the drivers by the settings, the tables of operations.

import type { Db } from '../db/db.ts';
import { dbJournal } from '../db/journal.ts';
import type { HypervisorDriver } from '../drivers/hypervisor.ts';
import type { NetworkDriver } from '../drivers/network.ts';
import type { StorageDrivers } from '../drivers/storage.ts';
import { crashPointFrom } from '../engine/crash-point.ts';
import { createEngine } from '../engine/engine.ts';
import { nullRef } from '../lib/brand.ts';
import type { Logger } from '../lib/logger.ts';
import type { AdoptedTask, Services } from '../ops/context.ts';
import { NetworkTrials } from '../ops/network/trial/trials.ts';
import type { ListenAddress } from './address.ts';
import type { OperationTable, PeerMessages } from './dispatch/tables.ts';
import { startNetworkWatch } from './network-watch/start.ts';
import { openUrl } from './open-url.ts';
import { importVms } from './xva/import.ts';
import { createPeerConnector } from './peers.ts';
import type { SessionTable } from './sessions.ts';
import type { Settings } from './settings.ts';
import type { TaskTable } from './tasks.ts';

/** What the rest of hostd is built on; tests give their own. */
export interface Parts {
  readonly db: Db;
  readonly hypervisor: HypervisorDriver;
  readonly network: NetworkDriver;
  readonly storage: StorageDrivers;
  readonly ops: OperationTable;
  readonly peerMessages: PeerMessages;
  startOps(services: Services): Promise<{ stop(): Promise<void> }>;
}

export const createServices = (
  parts: Parts,
  settings: Settings & { readonly fingerprint?: string | undefined },
  log: Logger,
  { sessions, tasks }: { readonly sessions: SessionTable; readonly tasks: TaskTable },
  self: Services['self'],
): Services => ({
  db: parts.db,
  engine: createEngine({ journal: dbJournal(parts.db), log: log.with({ part: 'engine' }), crashPoint: crashPointFrom(process.env) }),
  hypervisor: parts.hypervisor,
  network: parts.network,
  storage: parts.storage,
  attachedSrs: new Map(),
  settings: hostSettings(settings, () => parts.db.get('host', self.host)?.address),
  peers: createPeerConnector(),
  importFrom: async (url, call, request) => await importVms(call, await openUrl(url, { signal: call.signal }), request),
  networkTrials: new NetworkTrials({
    stateDir: settings.stateDir,
    watch: trial => startNetworkWatch(settings, trial),
  }),
  log,
  self,
  async createSession({ originator, ref }) {
    return (await sessions.open({ userName: `xcp ${originator}`, role: 'pool-admin', isLocalSuperuser: false, originator, ref })).ref;
  },
  adoptTask: options => adoptTask(tasks, options),
});

/** `managed`: the address of the management now. */
const hostSettings = (
  { stateDir, listen, hostName, fingerprint, ...settings }: Settings & { readonly fingerprint?: string | undefined },
  managed: () => string | undefined,
): Services['settings'] => {
  const address = (): string => (settings.followsManagement === true && managed()) || settings.migrationAddress;
  return {
    stateDir,
    get url() {
      return peerUrl(listen, address());
    },
    get migrationAddress() {
      return address();
    },
    hostName,
    fingerprint,
  };
};

export const adoptTask = async (tasks: TaskTable, options: Parameters<Services['adoptTask']>[0]): Promise<AdoptedTask> => {
  const adopted = await tasks.adopt(options);
  return {
    progress: (...told) => adopted.progress(...told),
    finish: outcome => tasks.finish(adopted.ref, outcome === 'done' ? { kind: 'success', result: '' } : { kind: 'cancelled' }),
  };
};

export const noSelf = (): Services['self'] => ({ host: nullRef(), pool: nullRef() });

/** Where a peer reaches the TLS listener: at its own address, or at that of the migrations if it listens on all, or on the management's. */
const peerUrl = (listen: readonly ListenAddress[], migrationAddress: string): string | undefined => {
  for (const address of listen) {
    if (address.kind !== 'tls') continue;
    const host = address.host === undefined || address.host === '0.0.0.0' || address.host === '::' ? migrationAddress : address.host;
    return `https://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  }
  return undefined;
};
