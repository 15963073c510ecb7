// A site of provisioning servers.

import { defineClass } from '../dsl.ts';

export const PVS_site = defineClass({
  name: 'PVS_site',
  byNameLabel: true,
  since: 'ely',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator' },
    PVS_uuid: { type: 'string', access: 'static', default: '' },
    cache_storage: { type: 'set ref PVS_cache_storage', default: [] },
    servers: { type: 'set ref PVS_server' },
    proxies: { type: 'set ref PVS_proxy' },
  },
  messages: {
    introduce: {
      params: { name_label: 'string', name_description: 'string', PVS_uuid: 'string' },
      result: 'ref PVS_site',
      role: 'pool-operator',
    },
    forget: {
      params: { self: 'ref PVS_site' },
      role: 'pool-operator',
      errors: ['PVS_SITE_CONTAINS_RUNNING_PROXIES', 'PVS_SITE_CONTAINS_SERVERS'],
    },
    set_PVS_uuid: { params: { self: 'ref PVS_site', value: 'string' }, role: 'pool-operator' },
  },
});
