// The messages that change a VM's memory limits. A running guest follows its dynamic range at once.

import type { Ref } from '../../lib/brand.ts';
import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Call, OpsOf } from '../context.ts';
import { setControlDomainMemory } from '../control-domain/memory.ts';
import { assertVm, vmOperation } from '../operation.ts';
import { assertMemoryOrder, type MemoryLimits } from './limits.ts';
import type { VmOperation } from './states.ts';

const mib = 1024 * 1024;

/** What a guest costs the host beside its own memory: page tables, device model, video memory. */
export const overheadBytes = (vm: Pick<RecordOf<'VM'>, 'memory_static_max' | 'VCPUs_max' | 'HVM_shadow_multiplier'>): number =>
  (Math.ceil((vm.memory_static_max / mib) * 0.0075 * vm.HVM_shadow_multiplier) + vm.VCPUs_max + 4) * mib;

const limitsOf = (vm: RecordOf<'VM'>): MemoryLimits => ({
  memory_static_min: vm.memory_static_min,
  memory_dynamic_min: vm.memory_dynamic_min,
  memory_dynamic_max: vm.memory_dynamic_max,
  memory_static_max: vm.memory_static_max,
});

const write = (call: Call, self: Ref<'VM'>, op: VmOperation, edit: (now: MemoryLimits) => MemoryLimits): Promise<MemoryLimits> =>
  change(call.services.db, tx => {
    const before = tx.need('VM', self);
    if (before.is_control_domain) throw new XenError('MEMORY_CONSTRAINT_VIOLATION_MAXPIN', ['control domain']);
    const vm = assertVm(tx, self, op);
    const limits = edit(limitsOf(vm));
    assertMemoryOrder(limits);
    tx.update('VM', self, { ...limits, memory_overhead: overheadBytes({ ...vm, ...limits }) });
    return limits;
  });

const staticLimits = async (call: Call, self: Ref<'VM'>, op: VmOperation, edit: (now: MemoryLimits) => MemoryLimits): Promise<void> => {
  await write(call, self, op, edit);
};

const dynamicRange = async (call: Call, self: Ref<'VM'>, edit: (now: MemoryLimits) => MemoryLimits): Promise<void> => {
  const limits = await write(call, self, 'changing_dynamic_range', edit);
  const { uuid, power_state: state } = call.services.db.need('VM', self);
  if (state !== 'Running') return;
  await call.services.hypervisor.setMemoryTarget(uuid, limits.memory_dynamic_max);
  await change(call.services.db, tx => tx.update('VM', self, { memory_target: limits.memory_dynamic_max }));
};

/** The largest memory whose guest, overhead included, fits into `total` bytes, in whole MiB. */
const largestFitting = (vm: RecordOf<'VM'>, total: number): number => {
  let memory = Math.floor(total / mib) * mib;
  while (memory > 0 && memory + overheadBytes({ ...vm, memory_static_max: memory }) > total) memory -= mib;
  return memory;
};

/** Of a control domain it is the one way to another size: its limits cannot be moved apart. */
const setMemory = (call: Call, self: Ref<'VM'>, value: number): Promise<void> => {
  const { db, hypervisor } = call.services;
  if (db.need('VM', self).is_control_domain && hypervisor.controlDomain !== undefined) return setControlDomainMemory(call, self, value);
  return staticLimits(call, self, 'changing_memory_limits', now => ({
    memory_static_min: Math.min(now.memory_static_min, value),
    memory_dynamic_min: value,
    memory_dynamic_max: value,
    memory_static_max: value,
  }));
};

export const memoryOps: OpsOf<'VM'> = {
  set_memory_static_min: (call, { self, value }) =>
    staticLimits(call, self, 'changing_static_range', now => ({ ...now, memory_static_min: value })),
  set_memory_static_max: (call, { self, value }) =>
    staticLimits(call, self, 'changing_static_range', now => ({ ...now, memory_static_max: value })),
  set_memory_static_range: (call, { self, min, max }) =>
    staticLimits(call, self, 'changing_static_range', now => ({ ...now, memory_static_min: min, memory_static_max: max })),
  set_memory_limits: (call, { self, static_min, static_max, dynamic_min, dynamic_max }) =>
    staticLimits(call, self, 'changing_memory_limits', () => ({
      memory_static_min: static_min,
      memory_dynamic_min: dynamic_min,
      memory_dynamic_max: dynamic_max,
      memory_static_max: static_max,
    })),
  set_memory: (call, { self, value }) => setMemory(call, self, value),
  set_memory_dynamic_min: (call, { self, value }) => dynamicRange(call, self, now => ({ ...now, memory_dynamic_min: value })),
  set_memory_dynamic_max: (call, { self, value }) => dynamicRange(call, self, now => ({ ...now, memory_dynamic_max: value })),
  set_memory_dynamic_range: (call, { self, min, max }) =>
    dynamicRange(call, self, now => ({ ...now, memory_dynamic_min: min, memory_dynamic_max: max })),
  set_memory_target_live: (call, { self, target }) =>
    dynamicRange(call, self, now => ({ ...now, memory_dynamic_min: target, memory_dynamic_max: target })),
  wait_memory_target_live: async (call, { self }) => {
    call.services.db.need('VM', self);
  },
  compute_memory_overhead: async (call, { vm }) => overheadBytes(call.services.db.need('VM', vm)),
  maximise_memory: async (call, { self, total }) => largestFitting(call.services.db.need('VM', self), total),
  get_cooperative: async (call, { self }) => call.services.db.need('VM', self) !== undefined,
  set_HVM_shadow_multiplier: (call, { self, value }) =>
    change(call.services.db, tx => {
      const vm = assertVm(tx, self, 'changing_shadow_memory');
      if (value < 1) throw new XenError('INVALID_VALUE', ['multiplier', String(value)]);
      tx.update('VM', self, { HVM_shadow_multiplier: value, memory_overhead: overheadBytes({ ...vm, HVM_shadow_multiplier: value }) });
    }),
  set_shadow_multiplier_live: (call, { self, multiplier }) =>
    vmOperation(call, self, 'changing_shadow_memory_live', async () => {
      if (multiplier < 1) throw new XenError('INVALID_VALUE', ['multiplier', String(multiplier)]);
      await change(call.services.db, tx => tx.update('VM', self, { HVM_shadow_multiplier: multiplier }));
    }),
};
