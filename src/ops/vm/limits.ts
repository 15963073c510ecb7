// The limits of a VM's memory and vCPUs, and the errors when they are broken. Pure.

import type { RecordOf } from '../../model/index.ts';
import { XenError } from '../../model/error.ts';

export type MemoryLimits = Pick<RecordOf<'VM'>, 'memory_static_min' | 'memory_dynamic_min' | 'memory_dynamic_max' | 'memory_static_max'>;

/** Throws MEMORY_CONSTRAINT_VIOLATION_ORDER unless static min ≤ dynamic min ≤ dynamic max ≤ static max. */
export const assertMemoryOrder = (limits: MemoryLimits): void => {
  const { memory_static_min: a, memory_dynamic_min: b, memory_dynamic_max: c, memory_static_max: d } = limits;
  if (!(a >= 0 && a <= b && b <= c && c <= d)) throw new XenError('MEMORY_CONSTRAINT_VIOLATION_ORDER');
};

/** Throws INVALID_VALUE unless 0 < at startup ≤ max; `value` is the one the caller gave. */
export const assertVcpus = (atStartup: number, max: number, value: number): void => {
  if (atStartup < 1 || atStartup > max) {
    throw new XenError('INVALID_VALUE', ['VCPU values must satisfy: 0 < VCPUs_at_startup ≤ VCPUs_max', String(value)]);
  }
};
