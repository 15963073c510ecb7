// A hostd over a Machine, in one process with others. It can be killed at any act: then nothing it awaits ever comes back, and another
// life may begin on the same machine and the same store.

import { NetworkTrials } from '../../../../src/ops/network/trial/trials.ts';
import { dbJournal } from '../../../../src/db/journal.ts';
import type { Db, Store } from '../../../../src/db/db.ts';
import { openDb } from '../../../../src/db/open.ts';
import { memoryStore } from '../../../../src/db/stores/memory.ts';
import { DriverError } from '../../../../src/drivers/hypervisor.ts';
import { createEngine } from '../../../../src/engine/engine.ts';
import type { Ref } from '../../../../src/lib/brand.ts';
import { manualClock, type ManualClock } from '../../../../src/lib/clock.ts';
import { silentLogger } from '../../../../src/lib/logger.ts';
import { XenError } from '../../../../src/model/error.ts';
import type { Call, Peer, Services } from '../../../../src/ops/context.ts';
import { migrationHostOps, migrationPeerMessages, migrationVmOps } from '../../../../src/ops/migration/messages.ts';
import { migrationOf } from '../../../../src/ops/migration/state.ts';
import { defineMigrationSteps, recoverReceptions } from '../../../../src/ops/migration/steps.ts';
import { ownCall } from '../../../../src/ops/operation.ts';
import { freshRef } from '../../../../src/ops/refs.ts';
import { type Gate, hypervisorOf, networkOf, storageOf } from './drivers.ts';
import { Machine } from './machine.ts';

const never = new Promise<never>(() => undefined);

/** What a test does at an act of a host: nothing, throw, kill. */
export type Fault = (host: Host, act: string) => void | Promise<void>;

export interface Lab {
  readonly hosts: Host[];
  readonly link: { up: boolean };
  fault: Fault;
}

export class Host {
  readonly machine: Machine;
  readonly store: Store = memoryStore();
  readonly lab: Lab;
  readonly clock: ManualClock = manualClock(1_000_000);
  life!: Life;
  readonly self = { host: freshRef<'host'>(), pool: freshRef<'pool'>() };
  readonly sr = freshRef<'SR'>();
  readonly network = freshRef<'network'>();
  readonly srUuid: string;

  constructor(name: string, lab: Lab) {
    this.machine = new Machine(name);
    this.srUuid = `sr-of-${name}`;
    this.lab = lab;
    lab.hosts.push(this);
  }

  /** Ends the life at once, as kill -9 would. */
  kill(): void {
    this.life.dead = true;
    this.life.died.resolve();
  }

  async boot(): Promise<void> {
    this.life = await Life.begin(this);
  }

  call(signal: AbortSignal = new AbortController().signal): Call {
    return ownCall(this.life.services, signal);
  }
}

/** One process of hostd. */
export class Life {
  readonly host: Host;
  readonly services: Services;
  readonly sessions = new Set<string>();
  readonly died = Promise.withResolvers<void>();
  dead = false;

  constructor(host: Host, db: Db) {
    this.host = host;
    const gate: Gate = async act => {
      if (this.dead) await never;
      await host.lab.fault(host, act);
      if (this.dead) await never;
    };
    const guarded = this.#mortal(db);
    const engine = createEngine({
      journal: dbJournal(guarded),
      log: silentLogger,
      backoff: { firstMs: 1, maxMs: 2, factor: 1, jitter: 0 },
    });
    this.services = {
      db: guarded,
      engine,
      hypervisor: hypervisorOf(host.machine, gate, () => host.lab.hosts.map(each => each.machine)),
      network: networkOf(host.machine, gate),
      storage: new Map(),
      attachedSrs: new Map([[host.srUuid, storageOf(host.machine, gate)]]),
      settings: { stateDir: '/', url: `https://${host.machine.name}`, migrationAddress: host.machine.name, hostName: host.machine.name },
      importFrom: async () => Promise.reject(new Error('no file is fetched here')),
      peers: { connect: async ({ url, sessionRef }) => this.#line(url, sessionRef) },
      networkTrials: new NetworkTrials({ stateDir: '/nonexistent', watch: async () => undefined }),
      log: silentLogger,
      self: host.self,
      createSession: async ({ ref }) => {
        const session = ref ?? freshRef<'session'>();
        this.sessions.add(session);
        return session;
      },
      adoptTask: async () => ({ progress: () => undefined, finish: async () => undefined }),
    };
  }

  static async begin(host: Host): Promise<Life> {
    const life = new Life(host, await openDb({ store: host.store }));
    defineMigrationSteps(life.services, { clock: host.clock });
    return life;
  }

  /** As hostd's start does it. Resolves when interrupted plans have ended. */
  async recover(): Promise<void> {
    await recoverReceptions(this.services);
    for (const plan of await this.services.engine.recover()) await plan.finished;
  }

  /** A database whose writes end with this life. */
  #mortal(db: Db): Db {
    const dieFirst = async (): Promise<void> => {
      if (this.dead) await never;
    };
    return new Proxy(db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'transaction' || typeof value !== 'function') return typeof value === 'function' ? value.bind(target) : value;
        return async (fn: unknown) => {
          await dieFirst();
          const result: unknown = await value.call(target, fn);
          await dieFirst();
          return result;
        };
      },
    });
  }

  #line(url: string, session: string): Peer {
    const { lab } = this.host;
    const reach = (): Host => {
      const there = lab.hosts.find(each => `https://${each.machine.name}` === url);
      if (this.dead || !there || !lab.link.up || there.life.dead) throw new DriverError('unreachable', `${url} does not answer`);
      return there;
    };
    return {
      call: async (method, params) => {
        if (this.dead) await never;
        const sent = JSON.stringify(params);
        await lab.fault(this.host, `say ${method}`);
        const there = reach();
        const { life } = there;
        if (!life.sessions.has(session)) throw new XenError('SESSION_INVALID', [session]);
        const message = migrationPeerMessages.get(method);
        if (!message) throw new XenError('MESSAGE_METHOD_UNKNOWN', [method]);
        const call: Call = { ...there.call(), session: { ref: session as Ref<'session'>, isLocalSuperuser: false, userName: '' } };
        const reply = await Promise.race([message.handler(call, JSON.parse(sent)), life.died.promise.then(() => reach() && never)]);
        await lab.fault(this.host, `hear ${method}`);
        reach();
        return JSON.parse(JSON.stringify(reply));
      },
      async [Symbol.asyncDispose]() {},
    };
  }
}

export const vmOps = migrationVmOps;
export const hostOps = migrationHostOps;
export const stateOf = (host: Host): ReturnType<typeof migrationOf> => migrationOf(host.life.services);
