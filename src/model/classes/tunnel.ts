// A tunnel for the traffic of a network between hosts.

import { defineClass } from '../dsl.ts';

export const tunnel = defineClass({
  name: 'tunnel',
  since: 'cowley',
  fields: {
    uuid: { type: 'string' },
    access_PIF: { type: 'ref PIF', access: 'static', default: 'OpaqueRef:NULL' },
    transport_PIF: { type: 'ref PIF', access: 'static', default: 'OpaqueRef:NULL' },
    status: { type: 'map string string', access: 'RW', default: { active: 'false' }, setterRole: 'pool-operator' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator' },
    protocol: { type: 'enum tunnel_protocol', access: 'RW', default: 'gre', setterRole: 'pool-operator', since: '1.250.0' },
  },
  messages: {
    create: {
      params: {
        transport_PIF: { type: 'ref PIF', since: 'dundee' },
        network: { type: 'ref network', since: 'dundee' },
        protocol: { type: 'enum tunnel_protocol', default: 'gre', since: '1.250.0' },
      },
      result: 'ref tunnel',
      role: 'pool-operator',
      errors: ['OPENVSWITCH_NOT_ACTIVE', 'TRANSPORT_PIF_NOT_CONFIGURED', 'IS_TUNNEL_ACCESS_PIF'],
    },
    destroy: { params: { self: 'ref tunnel' }, role: 'pool-operator' },
  },
});
