// The messages of the class VM_appliance: VMs started in order and stopped in the reverse order.

import type { Ref } from '../../lib/brand.ts';
import { nullRef } from '../../lib/brand.ts';
import type { RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { vmOperation } from '../operation.ts';
import { powerOps } from '../vm/power.ts';
import { startHere } from '../vm/start.ts';

type Power = RecordOf<'VM'>['power_state'];

const members = (call: Call, self: Ref<'VM_appliance'>, states: readonly Power[]): readonly Ref<'VM'>[] => {
  const { db } = call.services;
  return db
    .need('VM_appliance', self)
    .VMs.map(ref => [ref, db.need('VM', ref)] as const)
    .filter(([, vm]) => states.includes(vm.power_state))
    .sort(([, a], [, b]) => a.order - b.order)
    .map(([ref]) => ref);
};

const stopAll = async (
  call: Call,
  self: Ref<'VM_appliance'>,
  states: readonly Power[],
  message: 'clean_shutdown' | 'hard_shutdown' | 'shutdown',
) => {
  for (const vm of [...members(call, self, states)].reverse()) await powerOps[message]?.(call, { vm });
};

export const applianceOps: OpsOf<'VM_appliance'> = {
  start: async (call, { self, paused }) => {
    for (const vm of members(call, self, ['Halted']))
      await vmOperation(call, vm, 'start', () => startHere(call, vm, { paused, force: false }));
  },
  clean_shutdown: (call, { self }) => stopAll(call, self, ['Running'], 'clean_shutdown'),
  hard_shutdown: (call, { self }) => stopAll(call, self, ['Running', 'Paused', 'Suspended'], 'hard_shutdown'),
  shutdown: (call, { self }) => stopAll(call, self, ['Running', 'Paused', 'Suspended'], 'shutdown'),
  destroy: (call, { self }) =>
    change(call.services.db, tx => {
      for (const vm of tx.need('VM_appliance', self).VMs) tx.update('VM', vm, { appliance: nullRef() });
      tx.delete('VM_appliance', self);
    }),
};
