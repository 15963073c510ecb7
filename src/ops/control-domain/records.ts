// The VM record that stands for the control domain, kept in line with what the domain has.

import type { Ref } from '../../lib/brand.ts';
import type { ControlDomain } from '../../drivers/control-domain.ts';
import { DriverError } from '../../drivers/hypervisor.ts';
import type { Reader } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { Services } from '../context.ts';
import { timeText } from '../refs.ts';

/** Throws OPERATION_NOT_ALLOWED where there is none. */
export const controlDomainOf = ({ hypervisor }: Services): ControlDomain => {
  if (hypervisor.controlDomain !== undefined) return hypervisor.controlDomain;
  throw new XenError('OPERATION_NOT_ALLOWED', [
    'This host runs its guests on QEMU, with no Xen below it: its own system has all the processors and memory, and the kernel shares them out',
  ]);
};

/** What is in the way and can be moved out of it is no fault of this program: OPERATION_NOT_ALLOWED, in the driver's words. */
export const tellingWhy = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DriverError && error.kind === 'in-use')
      throw new XenError('OPERATION_NOT_ALLOWED', [error.message], { cause: error });
    throw error;
  }
};

export const controlDomainRef = (db: Reader, host: Ref<'host'>): Ref<'VM'> => db.need('host', host).control_domain;

/** Its limits are one size: what it is asked to have from the next boot on, else what it has. */
export const syncControlDomain = async (services: Services): Promise<void> => {
  const domain = services.hypervisor.controlDomain;
  const vm = controlDomainRef(services.db, services.self.host);
  if (domain === undefined || services.db.get('VM', vm) === undefined) return;
  const [state, boot] = await Promise.all([domain.state(), domain.bootSettings()]);
  const bytes = boot.memoryBytes ?? state.memoryBytes;
  const vcpusMax = Math.max(state.vcpusMax, boot.vcpus ?? 0);
  await change(services.db, tx => {
    const { metrics } = tx.need('VM', vm);
    tx.update('VM', vm, {
      memory_static_min: bytes,
      memory_dynamic_min: bytes,
      memory_dynamic_max: bytes,
      memory_static_max: bytes,
      memory_target: state.memoryBytes,
      VCPUs_max: vcpusMax,
      VCPUs_at_startup: boot.vcpus ?? state.vcpus,
    });
    if (tx.get('VM_metrics', metrics) !== undefined) {
      tx.update('VM_metrics', metrics, { VCPUs_number: state.vcpus, memory_actual: state.memoryBytes, last_updated: timeText() });
    }
  });
};
