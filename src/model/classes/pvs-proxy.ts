// The cache between a VIF and a provisioning site.

import { defineClass } from '../dsl.ts';

export const PVS_proxy = defineClass({
  name: 'PVS_proxy',
  since: 'ely',
  fields: {
    uuid: { type: 'string' },
    site: { type: 'ref PVS_site', access: 'static', default: 'OpaqueRef:NULL' },
    VIF: { type: 'ref VIF', access: 'static', default: 'OpaqueRef:NULL' },
    currently_attached: { type: 'bool', default: false },
    status: { type: 'enum pvs_proxy_status', default: 'stopped' },
  },
  messages: {
    create: { params: { site: 'ref PVS_site', VIF: 'ref VIF' }, result: 'ref PVS_proxy', role: 'pool-operator' },
    destroy: { params: { self: 'ref PVS_proxy' }, role: 'pool-operator' },
  },
});
