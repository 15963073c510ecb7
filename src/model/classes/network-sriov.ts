// A physical interface that offers virtual functions.

import { defineClass } from '../dsl.ts';

export const network_sriov = defineClass({
  name: 'network_sriov',
  since: 'kolkata',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    physical_PIF: { type: 'ref PIF', access: 'static', default: 'OpaqueRef:NULL' },
    logical_PIF: { type: 'ref PIF', access: 'static', default: 'OpaqueRef:NULL' },
    requires_reboot: { type: 'bool', default: false },
    configuration_mode: { type: 'enum sriov_configuration_mode', default: 'unknown' },
  },
  messages: {
    create: { params: { pif: 'ref PIF', network: 'ref network' }, result: 'ref network_sriov', role: 'pool-operator' },
    destroy: { params: { self: 'ref network_sriov' }, role: 'pool-operator' },
    get_remaining_capacity: { params: { self: 'ref network_sriov' }, result: 'int', role: 'read-only' },
  },
});
