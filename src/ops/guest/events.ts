// What guests do by themselves, told by the hypervisor: they power off, reboot, crash, stop and go on. One event at a time per VM,
// after whatever operation holds the VM, so that an operation's own doing is found done and nothing happens.

import type { Ref } from '../../lib/brand.ts';
import type { GuestEvent } from '../../drivers/hypervisor.ts';
import type { RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { ownCall, vmOperation } from '../operation.ts';
import { postMessage } from '../message/post.ts';
import { timeText } from '../refs.ts';
import { startHere } from '../vm/start.ts';
import { followAddresses } from './addresses.ts';
import { reconcileLocked, reconcileVm } from './reconcile.ts';

type GoneReason = Extract<GuestEvent, { kind: 'gone' }>['reason'];

/** Whether the VM's settings want it up again after this end. */
const wantsRestart = (vm: RecordOf<'VM'>, reason: GoneReason): boolean => {
  switch (reason) {
    case 'shutdown':
      return vm.actions_after_shutdown === 'restart';
    case 'reboot':
      return vm.actions_after_reboot === 'restart';
    case 'crash':
    case 'died':
      return (
        vm.actions_after_crash === 'restart' ||
        vm.actions_after_crash === 'coredump_and_restart' ||
        vm.actions_after_crash === 'rename_restart'
      );
    case 'destroyed':
      return false;
    default:
      return reason satisfies never;
  }
};

const onGone = async (services: Services, ref: Ref<'VM'>, reason: GoneReason): Promise<void> => {
  const verdict = await services.engine.withLocks([ref], () => reconcileLocked(services, ref));
  const vm = services.db.get('VM', ref);
  if (verdict !== 'halted' || !vm) return;
  if (reason === 'crash' || reason === 'died') {
    await postMessage(services, {
      name: 'VM_CRASHED',
      priority: 2,
      cls: 'VM',
      obj_uuid: vm.uuid,
      body: `VM '${vm.name_label}' ended unexpectedly`,
    });
  }
  if (!wantsRestart(vm, reason)) return;
  const call = ownCall(services);
  await vmOperation(call, ref, 'start', () => startHere(call, ref, { paused: false, force: false }));
};

const onRebooted = (services: Services, ref: Ref<'VM'>): Promise<void> =>
  change(services.db, tx => {
    const vm = tx.get('VM', ref);
    if (vm && tx.get('VM_metrics', vm.metrics)) tx.update('VM_metrics', vm.metrics, { start_time: timeText() });
  });

const handle = async (services: Services, event: GuestEvent): Promise<void> => {
  const ref = services.db.byUuid('VM', event.id);
  if (ref === undefined) return;
  switch (event.kind) {
    case 'gone':
      return onGone(services, ref, event.reason);
    case 'rebooted':
      return onRebooted(services, ref);
    case 'state':
      await reconcileVm(services, ref);
      return;
    case 'metrics':
      return; // looked at in its own time
    default:
      return event satisfies never;
  }
};

/** Follows the hypervisor until stopped; `stop` waits for the events that are being handled. */
export const followGuests = (services: Services): { resume(): void; stop(): Promise<void> } => {
  const under = new Set<Promise<void>>();
  const looks = followAddresses(services);
  const unsubscribe = services.hypervisor.onEvent(event => {
    if (event.kind === 'gone') looks.end(event.id);
    // An agent's line may be open already when a guest arrives from another host.
    if (event.kind === 'metrics' || event.kind === 'rebooted' || (event.kind === 'state' && event.state === 'running'))
      looks.begin(event.id);
    const work = handle(services, event)
      .catch(error => services.log.error('an event of a guest could not be followed', { event, error }))
      .finally(() => under.delete(work));
    under.add(work);
  });
  return {
    /** Guests that ran before this process did: nobody tells of their agents. */
    resume: () => {
      for (const ref of services.db.referrers('VM', 'resident_on', services.self.host)) {
        const vm = services.db.need('VM', ref);
        if (!vm.is_control_domain && vm.power_state === 'Running') looks.begin(vm.uuid);
      }
    },
    stop: async () => {
      unsubscribe();
      looks.stop();
      await Promise.allSettled(under);
    },
  };
};
