// Where traces are sent.

import { defineClass } from '../dsl.ts';

export const Observer = defineClass({
  name: 'Observer',
  byNameLabel: true,
  lifecycleRole: 'pool-admin',
  since: '23.14.0',
  state: 'prototyped',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-admin', since: 'rio' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-admin', since: 'rio' },
    hosts: { type: 'set ref host', access: 'static', default: [] },
    attributes: { type: 'map string string', access: 'static', default: {} },
    endpoints: { type: 'set string', access: 'static', default: [] },
    components: { type: 'set string', access: 'static', default: [] },
    enabled: { type: 'bool', access: 'static', default: false },
  },
  messages: {
    register: { params: { self: 'ref Observer', host: 'ref host' }, role: 'pool-admin', hidden: true },
    unregister: { params: { self: 'ref Observer', host: 'ref host' }, role: 'pool-admin', hidden: true },
    set_hosts: { params: { self: 'ref Observer', value: 'set ref host' }, role: 'pool-admin' },
    set_enabled: { params: { self: 'ref Observer', value: 'bool' }, role: 'pool-admin' },
    set_attributes: { params: { self: 'ref Observer', value: 'map string string' }, role: 'pool-admin' },
    set_endpoints: { params: { self: 'ref Observer', value: 'set string' }, role: 'pool-admin' },
    set_components: { params: { self: 'ref Observer', value: 'set string' }, role: 'pool-admin' },
  },
});
