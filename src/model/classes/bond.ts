// Several physical interfaces joined to one.

import { defineClass } from '../dsl.ts';

export const Bond = defineClass({
  name: 'Bond',
  since: 'miami',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    master: { type: 'ref PIF', access: 'static', default: 'OpaqueRef:NULL' },
    slaves: { type: 'set ref PIF' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator' },
    primary_slave: { type: 'ref PIF', default: 'OpaqueRef:NULL', since: 'boston' },
    mode: { type: 'enum bond_mode', default: 'balance-slb', since: 'boston' },
    properties: { type: 'map string string', default: {}, since: 'tampa' },
    links_up: { type: 'int', default: 0, since: 'tampa' },
    auto_update_mac: { type: 'bool', default: true, since: 'quebec' },
  },
  messages: {
    create: {
      params: {
        network: 'ref network',
        members: 'set ref PIF',
        MAC: 'string',
        mode: { type: 'enum bond_mode', default: 'balance-slb', since: 'boston' },
        properties: { type: 'map string string', default: {}, since: 'tampa' },
      },
      result: 'ref Bond',
      role: 'pool-operator',
    },
    destroy: { params: { self: 'ref Bond' }, role: 'pool-operator' },
    set_mode: { params: { self: 'ref Bond', value: 'enum bond_mode' }, role: 'pool-operator', since: 'boston' },
    set_property: { params: { self: 'ref Bond', name: 'string', value: 'string' }, role: 'pool-operator', since: 'tampa' },
  },
});
