// The messages that change a VM's vCPUs, at rest and live.

import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';
import { assertVm, vmOperation } from '../operation.ts';
import { assertVcpus } from './limits.ts';

export const vcpuOps: OpsOf<'VM'> = {
  set_VCPUs_max: (call, { self, value }) =>
    change(call.services.db, tx => {
      const vm = assertVm(tx, self, 'changing_VCPUs');
      assertVcpus(vm.VCPUs_at_startup, value, value);
      tx.update('VM', self, { VCPUs_max: value });
    }),
  set_VCPUs_at_startup: (call, { self, value }) =>
    change(call.services.db, tx => {
      assertVcpus(value, tx.need('VM', self).VCPUs_max, value);
      tx.update('VM', self, { VCPUs_at_startup: value });
    }),
  set_VCPUs_number_live: (call, { self, nvcpu }) =>
    vmOperation(call, self, 'changing_VCPUs_live', async vm => {
      const { services } = call;
      if (nvcpu < 1 || nvcpu > vm.VCPUs_max) {
        throw new XenError('INVALID_VALUE', ['VCPU values must satisfy: 0 < VCPUs ≤ VCPUs_max', String(vm.VCPUs_max)]);
      }
      await services.engine.withLocks([self], () => services.hypervisor.setVcpus(vm.uuid, nvcpu), { signal: call.signal });
      await change(services.db, tx => {
        tx.update('VM', self, { VCPUs_at_startup: nvcpu });
        if (tx.get('VM_metrics', vm.metrics)) tx.update('VM_metrics', vm.metrics, { VCPUs_number: nvcpu });
      });
    }),
};
