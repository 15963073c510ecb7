// A hotfix applied to one host (the old form).

import { defineClass } from '../dsl.ts';

export const host_patch = defineClass({
  name: 'host_patch',
  byNameLabel: true,
  since: 'rio',
  state: 'deprecated',
  changes: ['published:rio', 'deprecated:ely'],
  fields: {
    uuid: { type: 'string', since: 'rio' },
    name_label: { type: 'string', access: 'static', default: '', ns: 'name', since: 'rio' },
    name_description: { type: 'string', access: 'static', default: '', ns: 'name', since: 'rio' },
    version: { type: 'string', access: 'static', since: 'rio' },
    host: { type: 'ref host', access: 'static', since: 'rio' },
    applied: { type: 'bool', since: 'rio' },
    timestamp_applied: { type: 'datetime', since: 'rio' },
    size: { type: 'int', since: 'rio' },
    pool_patch: { type: 'ref pool_patch', access: 'static', default: 'OpaqueRef:NULL', since: 'miami' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'miami' },
  },
  messages: {
    destroy: {
      params: { self: 'ref host_patch' },
      role: 'pool-operator',
      state: 'deprecated',
      changes: ['published:rio', 'deprecated:miami'],
    },
    apply: {
      params: { self: 'ref host_patch' },
      result: 'string',
      role: 'pool-operator',
      state: 'deprecated',
      changes: ['published:rio', 'deprecated:miami'],
    },
  },
});
