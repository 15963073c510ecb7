// Brings a host up, in the order in which each part needs the one before: who am I · network · SRs · plans that a crash left · guests · events.

import { refreshEverything } from './change.ts';
import { findSelf, refreshFacts } from './boot/refresh.ts';
import { readFacts } from './boot/facts.ts';
import { firstBoot } from './boot/first.ts';
import { replug } from './boot/storage.ts';
import type { Services } from './context.ts';
import { followGuests } from './guest/events.ts';
import { reconcileAll } from './guest/reconcile.ts';
import { syncControlDomain } from './control-domain/records.ts';
import { enableVirtualFunctions } from './network-sriov/index.ts';
import { followNetwork, startNetwork } from './network/apply.ts';
import { doReset, keepFirstBoot } from './network/reset/apply.ts';
import { messagesOf, postMessage } from './message/post.ts';
import { defineMigrationSteps, recoverReceptions } from './migration/steps.ts';
import { recoverPlans } from './recover.ts';
import { detachSr } from './sr/create.ts';
import { defineSteps } from './steps/define.ts';

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
  // Before anything that may wait for the network.
  const isReset = before !== undefined && (await doReset(services, { withSwitch: false }));
  if ((await services.networkTrials.recover(services)) || isReset) await startNetwork(services);
  if (facts.network.ownsNics) await keepFirstBoot(services);
  if (before) await refreshFacts(services, services.self.host, facts);
  // Its record is old for a while, or until the next start: no reason to wait, or not to start.
  const synced = facts.hypervisor.kind === 'xen' ? syncControlDomain(services).catch(onUnread(services)) : undefined;
  // Before the SRs, which may be reached by it, and before all else that takes its time: until then nobody reaches the host.
  await startNetwork(services);
  await replug(services);
  const running = await startWork(services);
  await reportNetwork(services, facts.network.degraded);
  await synced;
  return running;
};

const onUnread =
  ({ log }: Services) =>
  (error: unknown): void =>
    log.error('what the control domain has could not be read', { error });

/** Goes on with what the last process left, on a network that stands: plans, migrations, guests. `asRecorded`: the records are right as they stand. */
export const startWork = async (services: Services, options: { readonly asRecorded?: boolean } = {}): Promise<RunningOps> => {
  defineSteps(services);
  defineMigrationSteps(services);
  if (options.asRecorded !== true) await refreshEverything(services.db);
  await enableVirtualFunctions(services);
  await services.networkTrials.recovered();
  const network = followNetwork(services);
  await recoverPlans(services);
  const receptions = await recoverReceptions(services);
  const guests = followGuests(services);
  if (options.asRecorded !== true) {
    await reconcileAll(services);
    guests.resume();
  }
  return {
    stop: async () => {
      await Promise.all([guests.stop(), receptions.stop(), network.stop(), services.networkTrials.stop()]);
      for (const uuid of Array.from(services.attachedSrs.keys())) await detachSr(services, uuid);
    },
  };
};
