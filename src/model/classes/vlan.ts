// A VLAN on an interface of a host.

import { defineClass } from '../dsl.ts';

export const VLAN = defineClass({
  name: 'VLAN',
  since: 'miami',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    tagged_PIF: { type: 'ref PIF', access: 'static', default: 'OpaqueRef:NULL' },
    untagged_PIF: { type: 'ref PIF', default: 'OpaqueRef:NULL' },
    tag: { type: 'int', access: 'static', default: -1 },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator' },
  },
  messages: {
    pool_introduce: {
      params: { tagged_PIF: 'ref PIF', untagged_PIF: 'ref PIF', tag: 'int', other_config: 'map string string' },
      result: 'ref VLAN',
      role: 'pool-operator',
      hidden: true,
      since: 'inverness',
    },
    create: { params: { tagged_PIF: 'ref PIF', tag: 'int', network: 'ref network' }, result: 'ref VLAN', role: 'pool-operator' },
    destroy: { params: { self: 'ref VLAN' }, role: 'pool-operator' },
  },
});
