// VMs that are placed with regard to each other.

import { defineClass } from '../dsl.ts';

export const VM_group = defineClass({
  name: 'VM_group',
  byNameLabel: true,
  lifecycleRole: 'vm-admin',
  since: '24.19.1',
  state: 'prototyped',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'vm-admin', since: 'rio' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'vm-admin', since: 'rio' },
    placement: { type: 'enum placement_policy', access: 'static', default: 'normal' },
    VMs: { type: 'set ref VM' },
  },
  messages: {},
});
