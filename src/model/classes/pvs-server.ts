// Addresses of a provisioning server.

import { defineClass } from '../dsl.ts';

export const PVS_server = defineClass({
  name: 'PVS_server',
  since: 'ely',
  fields: {
    uuid: { type: 'string' },
    addresses: { type: 'set string', access: 'static', default: [] },
    first_port: { type: 'int', access: 'static', default: 0 },
    last_port: { type: 'int', access: 'static', default: 0 },
    site: { type: 'ref PVS_site', access: 'static', default: 'OpaqueRef:NULL' },
  },
  messages: {
    introduce: {
      params: { addresses: 'set string', first_port: 'int', last_port: 'int', site: 'ref PVS_site' },
      result: 'ref PVS_server',
      role: 'pool-operator',
    },
    forget: { params: { self: 'ref PVS_server' }, role: 'pool-operator' },
  },
});
