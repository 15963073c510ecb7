// A controller of the virtual switches.

import { defineClass } from '../dsl.ts';

export const SDN_controller = defineClass({
  name: 'SDN_controller',
  since: 'falcon',
  fields: {
    uuid: { type: 'string' },
    protocol: { type: 'enum sdn_controller_protocol', access: 'static', default: 'ssl' },
    address: { type: 'string', access: 'static', default: '' },
    port: { type: 'int', access: 'static', default: 0 },
  },
  messages: {
    introduce: {
      params: {
        protocol: { type: 'enum sdn_controller_protocol', default: 'ssl' },
        address: { type: 'string', default: '' },
        port: { type: 'int', default: 0 },
      },
      result: 'ref SDN_controller',
      role: 'pool-operator',
    },
    forget: { params: { self: 'ref SDN_controller' }, role: 'pool-operator' },
  },
});
