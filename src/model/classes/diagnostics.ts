// Tools for those who look into the agent itself.

import { defineClass } from '../dsl.ts';

export const Diagnostics = defineClass({
  name: 'Diagnostics',
  stored: 'no',
  events: false,
  since: 'stockholm',
  fields: {},
  messages: {
    gc_compact: { params: { host: 'ref host' }, role: 'pool-operator', hidden: true },
    gc_stats: { params: { host: 'ref host' }, result: 'map string string', role: 'pool-operator', hidden: true },
    db_stats: { result: 'map string string', role: 'pool-operator', hidden: true },
    network_stats: {
      params: { host: 'ref host', params: 'map string string' },
      result: 'set (set string)',
      role: 'pool-operator',
      hidden: true,
    },
  },
});
