// VMs that start and stop together, in order.

import { defineClass } from '../dsl.ts';

export const VM_appliance = defineClass({
  name: 'VM_appliance',
  byNameLabel: true,
  lifecycleRole: 'pool-operator',
  since: 'boston',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator', since: 'rio' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator', since: 'rio' },
    allowed_operations: { type: 'set enum vm_appliance_operation', default: [], persist: false, since: 'rio' },
    current_operations: { type: 'map string enum vm_appliance_operation', default: {}, persist: false, since: 'rio' },
    VMs: { type: 'set ref VM', since: 'rio' },
  },
  messages: {
    start: { params: { self: 'ref VM_appliance', paused: 'bool' }, role: 'pool-operator', errors: ['OPERATION_PARTIALLY_FAILED'] },
    clean_shutdown: { params: { self: 'ref VM_appliance' }, role: 'pool-operator', errors: ['OPERATION_PARTIALLY_FAILED'] },
    hard_shutdown: { params: { self: 'ref VM_appliance' }, role: 'pool-operator', errors: ['OPERATION_PARTIALLY_FAILED'] },
    shutdown: { params: { self: 'ref VM_appliance' }, role: 'pool-operator', errors: ['OPERATION_PARTIALLY_FAILED'] },
    assert_can_be_recovered: {
      params: { self: 'ref VM_appliance', session_to: 'ref session' },
      role: 'read-only',
      errors: ['VM_REQUIRES_SR'],
    },
    get_SRs_required_for_recovery: {
      params: { self: 'ref VM_appliance', session_to: 'ref session' },
      result: 'set ref SR',
      role: 'read-only',
      since: 'creedence',
    },
    recover: {
      params: { self: 'ref VM_appliance', session_to: 'ref session', force: 'bool' },
      role: 'read-only',
      errors: ['VM_REQUIRES_SR'],
    },
  },
});
