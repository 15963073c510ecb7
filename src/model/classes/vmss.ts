// A schedule of snapshots.

import { defineClass } from '../dsl.ts';

export const VMSS = defineClass({
  name: 'VMSS',
  byNameLabel: true,
  lifecycleRole: 'pool-operator',
  since: 'falcon',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator', since: 'rio' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator', since: 'rio' },
    enabled: { type: 'bool', access: 'RW', default: true, setterRole: 'pool-operator', since: 'rio' },
    type: { type: 'enum vmss_type', access: 'static', since: 'rio' },
    retained_snapshots: { type: 'int', access: 'static', default: 7, since: 'rio' },
    frequency: { type: 'enum vmss_frequency', access: 'static', since: 'rio' },
    schedule: { type: 'map string string', access: 'static', default: {}, since: 'rio' },
    last_run_time: { type: 'datetime', default: '19700101T00:00:00Z', since: 'rio' },
    VMs: { type: 'set ref VM', since: 'rio' },
  },
  messages: {
    snapshot_now: { params: { vmss: 'ref VMSS' }, result: 'string', role: 'pool-operator', async: false },
    set_retained_snapshots: { params: { self: 'ref VMSS', value: 'int' }, role: 'pool-operator', async: false },
    set_frequency: { params: { self: 'ref VMSS', value: 'enum vmss_frequency' }, role: 'pool-operator', async: false },
    set_schedule: { params: { self: 'ref VMSS', value: 'map string string' }, role: 'pool-operator', async: false },
    add_to_schedule: { params: { self: 'ref VMSS', key: 'string', value: 'string' }, role: 'pool-operator', async: false },
    remove_from_schedule: { params: { self: 'ref VMSS', key: 'string' }, role: 'pool-operator', async: false },
    set_last_run_time: { params: { self: 'ref VMSS', value: 'datetime' }, role: 'local-root-only', async: false },
    set_type: { params: { self: 'ref VMSS', value: 'enum vmss_type' }, role: 'pool-operator', async: false },
  },
});
