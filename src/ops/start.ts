// Brings a host up, in the order in which each part needs the one before: who am I · SRs · plans that a crash left · guests · events.

import { change, refreshEverything } from './change.ts';
import { findSelf, refreshFacts } from './boot/refresh.ts';
import { readFacts } from './boot/facts.ts';
import { firstBoot } from './boot/first.ts';
import { replug } from './boot/storage.ts';
import type { Services } from './context.ts';
import { followGuests } from './guest/events.ts';
import { reconcileAll } from './guest/reconcile.ts';
import { messagesOf, postMessage } from './message/post.ts';
import { defineMigrationSteps, recoverReceptions } from './migration/steps.ts';
import { detachSr } from './sr/create.ts';
import { defineSteps } from './steps/define.ts';
import type { VmOperation } from './vm/states.ts';
import { powerStates } from './vm/states.ts';

const isVmOperation = (text: string): text is VmOperation => Object.hasOwn(powerStates, text);

/** A VM that a recovered plan works on says so, like one whose call is under way. */
const markRecovered = async (services: Services, plan: string, finished: Promise<unknown>): Promise<void> => {
  const held = [...services.db.all('VM')].filter(([ref]) => services.engine.holder(ref)?.planId === plan);
  const key = `OpaqueRef:${plan}`;
  await change(services.db, tx => {
    for (const [ref, vm] of held) {
      const op = services.engine.holder(ref)?.kind.replace(/^[^.]*\./, '') ?? '';
      if (isVmOperation(op)) tx.update('VM', ref, { current_operations: { ...vm.current_operations, [key]: op } });
    }
  });
  const unmark = (): Promise<void> =>
    change(services.db, tx => {
      for (const [ref] of held) {
        const vm = tx.get('VM', ref);
        if (!vm) continue;
        const { [key]: _done, ...rest } = vm.current_operations;
        tx.update('VM', ref, { current_operations: rest });
      }
    });
  finished.then(unmark, unmark).catch(error => services.log.error('the mark of a recovered plan could not be removed', { plan, error }));
};

const recoverPlans = async (services: Services): Promise<void> => {
  for (const { id, kind, direction, finished } of await services.engine.recover()) {
    services.log.info('a plan that the last process left goes on', { plan: id, kind, direction });
    await markRecovered(services, id, finished);
  }
};

/** An administrator should know that guests cannot be reached from outside. */
const reportNetwork = async (services: Services, degraded: string | undefined): Promise<void> => {
  if (degraded === undefined) return;
  services.log.warn('guests get a degraded network', { reason: degraded });
  const { uuid } = services.db.need('host', services.self.host);
  const known = messagesOf(services.db).some(([, message]) => message.name === 'NETWORK_DEGRADED' && message.obj_uuid === uuid);
  if (!known) await postMessage(services, { name: 'NETWORK_DEGRADED', priority: 3, cls: 'Host', obj_uuid: uuid, body: degraded });
};

export interface RunningOps {
  /** Lets go of everything and touches no guest. */
  stop(): Promise<void>;
}

/** Starts the operations of this host. */
export const startOps = async (services: Services): Promise<RunningOps> => {
  const facts = await readFacts(services);
  const before = findSelf(services);
  Object.assign(services.self, before ?? (await firstBoot(services, facts)));
  if (before) await refreshFacts(services, services.self.host, facts);
  await replug(services);
  const running = await startWork(services);
  await reportNetwork(services, facts.network.degraded);
  return running;
};

/** Goes on with what the last process left: plans, migrations, guests. `asRecorded`: the records are right as they stand. */
export const startWork = async (services: Services, options: { readonly asRecorded?: boolean } = {}): Promise<RunningOps> => {
  defineSteps(services);
  defineMigrationSteps(services);
  if (options.asRecorded !== true) await refreshEverything(services.db);
  await recoverPlans(services);
  const receptions = await recoverReceptions(services);
  const guests = followGuests(services);
  if (options.asRecorded !== true) await reconcileAll(services);
  return {
    stop: async () => {
      await Promise.all([guests.stop(), receptions.stop()]);
      for (const uuid of Array.from(services.attachedSrs.keys())) await detachSr(services, uuid);
    },
  };
};
