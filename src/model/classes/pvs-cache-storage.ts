// Where a host keeps the cache of a provisioning site.

import { defineClass } from '../dsl.ts';

export const PVS_cache_storage = defineClass({
  name: 'PVS_cache_storage',
  lifecycleRole: 'pool-operator',
  since: 'ely',
  fields: {
    uuid: { type: 'string' },
    host: { type: 'ref host', access: 'static', default: 'OpaqueRef:NULL' },
    SR: { type: 'ref SR', access: 'static', default: 'OpaqueRef:NULL' },
    site: { type: 'ref PVS_site', access: 'static', default: 'OpaqueRef:NULL' },
    size: { type: 'int', access: 'static', default: 21474836480 },
    VDI: { type: 'ref VDI', default: 'OpaqueRef:NULL' },
  },
  messages: {},
});
