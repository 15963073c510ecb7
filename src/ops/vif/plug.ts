// VIF.plug, VIF.unplug, VIF.move: an interface of a running guest and its port on the switch.
//
//   plug: port on the switch · NIC into the guest · commit*        unplug: NIC out · port gone · commit

import type { Ref } from '../../lib/brand.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Reader } from '../../db/db.ts';
import type { NicSpec } from '../../drivers/hypervisor.ts';
import type { NicAttachment } from '../../drivers/network.ts';
import type { Plan, StepKind } from '../../engine/types.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call, OpsOf, Services } from '../context.ts';
import { ensureBridgeOf } from '../network/bridge.ts';
import { holding, runPlan } from '../operation.ts';
import { fromJson, toJson } from '../plan-json.ts';
import { guestSteps, nicStepId } from '../steps/guest.ts';
import { assertRunning } from '../vbd/plug.ts';
import { portOf } from '../vm/spec.ts';

type NicArgs = { readonly guest: string; readonly nic: Omit<NicSpec, 'attachment'> };

export const plugPlan = (db: Reader, self: Ref<'VIF'>): Plan => {
  const vif = db.need('VIF', self);
  const port = portOf(db, self);
  const commit = new CommitBuilder();
  commit.update('VIF', self, { currently_attached: true });
  const nic = { id: port.id, device: port.device, mac: port.mac, mtu: port.mtu };
  return {
    kind: 'VIF.plug',
    locks: [vif.VM],
    steps: [
      guestSteps.plug(port),
      {
        id: 'plug',
        kind: 'nic.insert',
        label: 'plugging a network interface',
        weight: 1,
        args: toJson({ guest: port.vmId, nic } satisfies NicArgs),
      },
      commitStep('commit', 'recording the interface', commit.build()),
    ],
    pivot: 'commit',
  };
};

export const plugKind = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'nic.insert',
  run: async (context, args) => {
    const { guest, nic } = fromJson<NicArgs>(args);
    await services.hypervisor.plugNic(guest, { ...nic, attachment: fromJson<NicAttachment>(context.results.get(nicStepId(nic.id))) });
    return null;
  },
  undo: async (context, args) => {
    const { guest, nic } = fromJson<NicArgs>(args);
    if (await services.hypervisor.status(guest)) await services.hypervisor.unplugNic(guest, nic.id, { signal: context.signal });
  },
});

const unplugLocked = async (call: Call, self: Ref<'VIF'>): Promise<void> => {
  const { services } = call;
  const vif = services.db.need('VIF', self);
  const vm = services.db.need('VM', vif.VM);
  await services.hypervisor.unplugNic(vm.uuid, vif.uuid, { signal: call.signal });
  await services.network.unplug(vif.uuid);
  await change(services.db, tx => tx.update('VIF', self, { currently_attached: false }));
};

const unplug = (call: Call, self: Ref<'VIF'>): Promise<void> => {
  const { VM: vm } = call.services.db.need('VIF', self);
  return holding(
    call,
    [{ cls: 'VIF', ref: self, op: 'unplug' }],
    tx => {
      const vif = tx.need('VIF', self);
      assertRunning(tx, vif.VM);
      if (!vif.currently_attached) throw new XenError('DEVICE_ALREADY_DETACHED', [self]);
    },
    () => call.services.engine.withLocks([vm], () => unplugLocked(call, self), { signal: call.signal }),
    { vm },
  );
};

const bringInLine = async (services: Services, self: Ref<'VIF'>): Promise<void> => {
  const { db, network } = services;
  if (db.get('VIF', self)?.currently_attached !== true) return;
  await ensureBridgeOf(services, portOf(db, self).bridge);
  // As the record is now: it may have been changed again meanwhile.
  if (db.get('VIF', self)?.currently_attached === true) await network.plug(portOf(db, self));
};

/** Plans that plug VIFs before they record it. */
const pluggingPlans: ReadonlySet<string> = new Set(['VM.start', 'VM.resume', 'VIF.plug']);

/**
 * Brings the port of a plugged VIF in line with its record: bridge, locking, rate. Waits for whoever may be plugging or unplugging it just
 * now; a plan that does neither, and may take long, is not waited for: a lock has to be in force while its guest moves.
 */
export const reapply = async (services: Services, self: Ref<'VIF'>): Promise<void> => {
  const { VM: vm } = services.db.need('VIF', self);
  const holder = services.engine.holder(vm);
  const isPlan = holder !== undefined && holder.planId !== '';
  if (isPlan && !pluggingPlans.has(holder.kind)) await bringInLine(services, self);
  else await services.engine.withLocks([vm], () => bringInLine(services, self));
};

export const plugOps: OpsOf<'VIF'> = {
  plug: (call, { self }) => {
    const { db } = call.services;
    const { VM: vm } = db.need('VIF', self);
    return holding(
      call,
      [{ cls: 'VIF', ref: self, op: 'plug' }],
      tx => {
        const vif = tx.need('VIF', self);
        assertRunning(tx, vif.VM);
        if (vif.currently_attached) throw new XenError('DEVICE_ALREADY_ATTACHED', [self]);
      },
      async () => {
        await runPlan(call, plugPlan(db, self));
      },
      { vm },
    );
  },
  unplug: (call, { self }) => unplug(call, self),
  unplug_force: (call, { self }) => unplug(call, self),
  move: async (call, { self, network }) => {
    const { services } = call;
    const before = services.db.need('VIF', self).network;
    await change(services.db, tx => {
      tx.need('network', network);
      tx.update('VIF', self, { network });
    });
    try {
      await reapply(services, self);
    } catch (error) {
      await change(services.db, tx => tx.update('VIF', self, { network: before }));
      throw error;
    }
  },
};
