// A hotfix that was uploaded to the pool (the old form).

import { defineClass } from '../dsl.ts';

export const pool_patch = defineClass({
  name: 'pool_patch',
  byNameLabel: true,
  since: 'miami',
  state: 'deprecated',
  changes: ['published:miami', 'deprecated:ely'],
  fields: {
    uuid: { type: 'string', since: 'rio' },
    name_label: { type: 'string', access: 'static', default: '', ns: 'name', since: 'rio' },
    name_description: { type: 'string', access: 'static', default: '', ns: 'name', since: 'rio' },
    version: { type: 'string', access: 'static', default: '', since: 'miami' },
    size: { type: 'int', default: 0, since: 'miami' },
    pool_applied: { type: 'bool', default: false, since: 'miami' },
    host_patches: { type: 'set ref host_patch', since: 'miami' },
    after_apply_guidance: { type: 'set enum after_apply_guidance', default: [], since: 'miami' },
    pool_update: { type: 'ref pool_update', access: 'static', default: 'OpaqueRef:NULL', since: 'ely' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'miami' },
  },
  messages: {
    apply: { params: { self: 'ref pool_patch', host: 'ref host' }, result: 'string', role: 'pool-operator' },
    pool_apply: { params: { self: 'ref pool_patch' }, role: 'pool-operator' },
    precheck: { params: { self: 'ref pool_patch', host: 'ref host' }, result: 'string', role: 'pool-operator' },
    clean: { params: { self: 'ref pool_patch' }, role: 'pool-operator' },
    pool_clean: {
      params: { self: 'ref pool_patch' },
      role: 'pool-operator',
      since: 'tampa',
      state: 'deprecated',
      changes: ['published:tampa', 'deprecated:ely'],
    },
    destroy: { params: { self: 'ref pool_patch' }, role: 'pool-operator' },
    clean_on_host: {
      params: { self: 'ref pool_patch', host: 'ref host' },
      role: 'pool-operator',
      since: 'tampa',
      state: 'deprecated',
      changes: ['published:tampa', 'deprecated:ely'],
    },
  },
});
