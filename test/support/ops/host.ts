// A host of operations over drivers in memory: what hostd calls, without hostd. `restart` is a crash and a new process on the same
// database and world.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDb } from '../../../src/db/open.ts';
import { dbJournal } from '../../../src/db/journal.ts';
import { memoryStore } from '../../../src/db/stores/memory.ts';
import type { Db, Store } from '../../../src/db/db.ts';
import { adoptTask } from '../../../src/hostd/compose.ts';
import { TaskTable } from '../../../src/hostd/tasks.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { CrashPoint } from '../../../src/engine/crash-point.ts';
import { nullRef, type Ref } from '../../../src/lib/brand.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import type { Call, Services } from '../../../src/ops/context.ts';
import { ownCall } from '../../../src/ops/operation.ts';
import { ops } from '../../../src/ops/registry.ts';
import { freshRef } from '../../../src/ops/refs.ts';
import { startOps } from '../../../src/ops/start.ts';
import { NetworkTrials, type NetworkTrialsOptions } from '../../../src/ops/network/trial/trials.ts';
import type { HypervisorDriver } from '../../../src/drivers/hypervisor.ts';
import type { NetworkDriver } from '../../../src/drivers/network.ts';
import type { StorageDriver } from '../../../src/drivers/storage.ts';
import { World, worldHypervisor, worldNetwork, worldStorage } from './drivers.ts';

export interface OpsHost {
  readonly services: Services;
  readonly db: Db;
  readonly store: Store;
  readonly world: World;
  readonly call: Call;
  readonly vm: Required<NonNullable<(typeof ops)['VM']>>;
  readonly vdi: Required<NonNullable<(typeof ops)['VDI']>>;
  readonly vbd: Required<NonNullable<(typeof ops)['VBD']>>;
  readonly vif: Required<NonNullable<(typeof ops)['VIF']>>;
  readonly sr: Required<NonNullable<(typeof ops)['SR']>>;
  readonly pbd: Required<NonNullable<(typeof ops)['PBD']>>;
  readonly network: Required<NonNullable<(typeof ops)['network']>>;
  readonly host: Required<NonNullable<(typeof ops)['host']>>;
  readonly ops: Required<typeof ops>;
  stop(): Promise<void>;
}

/** A process that can be cut off: once dead, nothing it asks of the world or the database is done or answered. */
export interface Life {
  dead: boolean;
}

const mortal = <T extends object>(life: Life, inner: T): T =>
  new Proxy(inner, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      if (key === 'onEvent' || key === 'subscribe') return value.bind(target);
      return (...args: readonly unknown[]): unknown => {
        const asks = key === 'transaction' || !('generation' in target);
        return life.dead && asks ? new Promise(() => undefined) : Reflect.apply(value, target, args);
      };
    },
  });

const mortalHypervisor = (life: Life, driver: HypervisorDriver): HypervisorDriver =>
  mortal(life, { ...driver, ...(driver.controlDomain && { controlDomain: mortal(life, driver.controlDomain) }) });

const mortalStorage = (life: Life, driver: StorageDriver): StorageDriver => ({
  ...driver,
  attach: async (id, config) => mortal(life, await driver.attach(id, config)),
});

export interface OpsHostOptions {
  readonly life?: Life;
  readonly world?: World;
  /** What a process before this one wrote. */
  readonly store?: Store;
  readonly crashPoint?: CrashPoint;
  readonly degraded?: string;
  /** Where the host's trials of the network are kept, and who watches them. */
  readonly stateDir?: string;
  readonly watch?: NetworkTrialsOptions['watch'];
  /** In place of the plain one. */
  readonly driver?: NetworkDriver;
}

const folder = mkdtempSync(join(tmpdir(), 'xcp-ops-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export const startOpsHost = async (options: OpsHostOptions = {}): Promise<OpsHost> => {
  const world = options.world ?? new World();
  const store = options.store ?? memoryStore();
  const db = await openDb({ store, log: silentLogger });
  const life = options.life ?? { dead: false };
  const storage = mortalStorage(life, worldStorage(world));
  const mortalDb = mortal(life, db);
  const log = silentLogger;
  const tasks = new TaskTable({ db: mortalDb, log, host: () => services.self.host });
  const services: Services = {
    db: mortalDb,
    engine: createEngine({ journal: dbJournal(mortalDb), log, crashPoint: options.crashPoint, closeGraceMs: 50 }),
    hypervisor: mortalHypervisor(life, worldHypervisor(world)),
    network: mortal(life, options.driver ?? worldNetwork(world, options.degraded)),
    storage: new Map([[storage.type, storage]]),
    attachedSrs: new Map(),
    settings: { stateDir: folder, url: undefined, migrationAddress: '127.0.0.1', hostName: 'one' },
    importFrom: async () => Promise.reject(new Error('no file is fetched here')),
    peers: {
      connect: async () => {
        throw new Error('no peers here');
      },
    },
    networkTrials: new NetworkTrials({ stateDir: options.stateDir ?? folder, watch: options.watch ?? (async () => undefined) }),
    log,
    self: { host: nullRef(), pool: nullRef() },
    createSession: async () => freshRef<'session'>(),
    adoptTask: options => adoptTask(tasks, options),
  };
  const running = await startOps(services);
  const table = ops as Required<typeof ops>;
  return {
    services,
    ops: table,
    db,
    store,
    world,
    call: ownCall(services),
    vm: table.VM as OpsHost['vm'],
    vdi: table.VDI as OpsHost['vdi'],
    vbd: table.VBD as OpsHost['vbd'],
    vif: table.VIF as OpsHost['vif'],
    sr: table.SR as OpsHost['sr'],
    pbd: table.PBD as OpsHost['pbd'],
    network: table.network as OpsHost['network'],
    host: table.host as OpsHost['host'],
    stop: async () => {
      await running.stop();
      await services.engine.close();
    },
  };
};

export const template = (host: OpsHost, name: string): Ref<'VM'> => {
  const [found] = host.db.byNameLabel('VM', name);
  if (found === undefined) throw new Error(`no template ${name}`);
  return found;
};

/** A halted VM of a template, with its disks. */
export const install = async (host: OpsHost, name: string, from = 'Linux (generic)'): Promise<Ref<'VM'>> => {
  const vm = await host.vm.clone(host.call, { vm: template(host, from), new_name: name });
  await host.vm.provision(host.call, { vm });
  return vm;
};

/** `[code, ...params]` of the error that `work` rejects with. */
export const errorOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && 'description' in error && Array.isArray(error.description)) return error.description as string[];
    throw error;
  }
  throw new Error('it should have failed');
};
