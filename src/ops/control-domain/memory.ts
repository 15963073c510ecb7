// The memory of the control domain, asked for by VM.set_memory of its record: all four limits are one size. Live as far as that can be, and for
// the next boot.

import type { Ref } from '../../lib/brand.ts';
import type { ControlDomainState } from '../../drivers/control-domain.ts';
import type { Plan } from '../../engine/types.ts';
import { XenError } from '../../model/error.ts';
import { CommitBuilder, commitStep } from '../commit.ts';
import type { Call } from '../context.ts';
import { mapped } from '../errors.ts';
import { refreshHostMemory } from '../host/memory.ts';
import { runPlan } from '../operation.ts';
import { controlDomainOf, tellingWhy } from './records.ts';
import { controlDomainSteps } from './steps.ts';
import { notesOf } from './tune.ts';

const MIB = 2 ** 20;
/** Less does not carry a toolstack and the device models of guests. */
const LEAST_BYTES = 512 * MIB;
/** What its system needs beside the programs that run now. */
const SPARE_BYTES = 128 * MIB;

const mib = (bytes: number): string => `${Math.ceil(bytes / MIB)} MiB`;

const invalid = (bytes: number, hint: string): XenError => new XenError('INVALID_VALUE', ['memory', String(bytes), hint]);

/** Throws INVALID_VALUE, OPERATION_NOT_ALLOWED or HOST_NOT_ENOUGH_FREE_MEMORY. */
export const assertMemory = (bytes: number, state: ControlDomainState, freeBytes: number): void => {
  if (bytes < LEAST_BYTES) throw invalid(bytes, `a control domain needs ${mib(LEAST_BYTES)} at least`);
  if (bytes > state.machineMemoryBytes) throw invalid(bytes, `this machine has ${mib(state.machineMemoryBytes)}`);
  const { usedBytes = 0 } = state;
  if (bytes < state.memoryBytes && bytes < usedBytes + SPARE_BYTES) {
    throw new XenError('OPERATION_NOT_ALLOWED', [
      `The programs of the control domain use ${mib(usedBytes)} now: give it ${mib(usedBytes + SPARE_BYTES)} at least, or stop some of them first`,
    ]);
  }
  const isLive = bytes <= (state.memoryMaxBytes ?? Number.POSITIVE_INFINITY);
  const moreBytes = bytes - state.memoryBytes;
  if (isLive && moreBytes > freeBytes) throw new XenError('HOST_NOT_ENOUGH_FREE_MEMORY', [String(moreBytes), String(freeBytes)]);
};

export const setControlDomainMemory = async (call: Call, self: Ref<'VM'>, value: number): Promise<void> => {
  const { services } = call;
  const domain = controlDomainOf(services);
  const memoryBytes = Math.floor(value / MIB) * MIB;
  const [state, { memoryFreeBytes }] = await Promise.all([domain.state(), services.hypervisor.probe()]);
  assertMemory(memoryBytes, state, memoryFreeBytes);
  const commit = new CommitBuilder();
  commit.update('VM', self, {
    memory_static_min: memoryBytes,
    memory_dynamic_min: memoryBytes,
    memory_dynamic_max: memoryBytes,
    memory_static_max: memoryBytes,
  });
  const plan: Plan = {
    kind: 'host.memory',
    locks: [self],
    steps: [
      controlDomainSteps.boot({ what: 'memory', memoryBytes }),
      commitStep('commit', 'recording the size', commit.build()),
      controlDomainSteps.live({ what: 'memory', memoryBytes }),
    ],
    pivot: 'commit',
  };
  const outcome = await mapped({}, () => tellingWhy(() => runPlan(call, plan)));
  for (const note of notesOf(outcome)) call.log.warn('the memory of the control domain', { note });
  await refreshHostMemory(services);
};
