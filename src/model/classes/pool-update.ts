// An update package known to the pool.

import { defineClass } from '../dsl.ts';

export const pool_update = defineClass({
  name: 'pool_update',
  byNameLabel: true,
  since: 'ely',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    name_label: { type: 'string', access: 'static', default: '', ns: 'name', since: 'rio' },
    name_description: { type: 'string', access: 'static', default: '', ns: 'name', since: 'rio' },
    version: { type: 'string', access: 'static', default: '' },
    installation_size: { type: 'int', access: 'static', default: 0 },
    key: { type: 'string', access: 'static', default: '' },
    after_apply_guidance: { type: 'set enum update_after_apply_guidance', access: 'static', default: [] },
    vdi: { type: 'ref VDI', access: 'static', since: 'rio' },
    hosts: { type: 'set ref host' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'inverness' },
    enforce_homogeneity: { type: 'bool', access: 'static', default: false, since: 'inverness' },
  },
  messages: {
    introduce: { params: { vdi: 'ref VDI' }, result: 'ref pool_update', role: 'pool-operator' },
    precheck: {
      params: { self: 'ref pool_update', host: 'ref host' },
      result: 'enum livepatch_status',
      role: 'pool-operator',
      forward: 'host_extension:pool_update.precheck',
    },
    apply: { params: { self: 'ref pool_update', host: 'ref host' }, role: 'pool-operator', forward: 'host_extension:pool_update.apply' },
    pool_apply: { params: { self: 'ref pool_update' }, role: 'pool-operator' },
    pool_clean: { params: { self: 'ref pool_update' }, role: 'pool-operator' },
    destroy: { params: { self: 'ref pool_update' }, role: 'pool-operator' },
    attach: {
      params: { self: 'ref pool_update', use_localhost_proxy: { type: 'bool', default: false, since: 'naples' } },
      result: 'string',
      role: 'pool-operator',
      hidden: true,
    },
    detach: { params: { self: 'ref pool_update' }, role: 'pool-operator', hidden: true },
    resync_host: { params: { host: 'ref host' }, role: 'pool-operator', hidden: true },
  },
});
