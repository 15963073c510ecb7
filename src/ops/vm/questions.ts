// Messages that only answer: allowed operations and devices, the boot record, data sources.

import { XenError } from '../../model/error.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';
import { deny } from '../operation.ts';
import { refusal } from './states.ts';
import { vmDataSources } from './data-sources.ts';

const maxVbds = 255;
const maxVifs = 16;

const free = (count: number, used: readonly string[]): readonly string[] => {
  const taken = new Set(used);
  return Array.from({ length: count }, (_, i) => String(i)).filter(device => !taken.has(device));
};

export const questionOps: OpsOf<'VM'> = {
  assert_operation_valid: async (call, { self, op }) => deny(refusal(self, call.services.db.need('VM', self), op)),
  update_allowed_operations: (call, { self }) =>
    change(call.services.db, tx => tx.update('VM', self, { domid: tx.need('VM', self).domid })),
  get_allowed_VBD_devices: async (call, { vm }) => {
    const { db } = call.services;
    return free(
      maxVbds,
      db.need('VM', vm).VBDs.map(ref => db.need('VBD', ref).userdevice),
    );
  },
  get_allowed_VIF_devices: async (call, { vm }) => {
    const { db } = call.services;
    return free(
      maxVifs,
      db.need('VM', vm).VIFs.map(ref => db.need('VIF', ref).device),
    );
  },
  get_boot_record: async (call, { self }) => call.services.db.need('VM', self),
  get_data_sources: (call, { self }) => vmDataSources(call.services, self),
  query_data_source: async (call, { self, data_source: name }) => {
    const found = (await vmDataSources(call.services, self)).find(source => source.name_label === name);
    if (!found) throw new XenError('INVALID_VALUE', ['data_source', name]);
    return found.value;
  },
  query_services: async (call, { self }) => {
    call.services.db.need('VM', self);
    return {};
  },
  restart_device_models: async (call, { self }) => {
    const vm = call.services.db.need('VM', self);
    if (vm.power_state !== 'Running') throw new XenError('VM_BAD_POWER_STATE', [self, 'Running', vm.power_state]);
    throw new XenError('OPERATION_NOT_ALLOWED', ['this hypervisor has no device model apart from the guest']);
  },
};
