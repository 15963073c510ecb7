// Figures of a host.

import { defineClass } from '../dsl.ts';

export const host_metrics = defineClass({
  name: 'host_metrics',
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    memory_total: { type: 'int', ns: 'memory' },
    memory_free: {
      type: 'int',
      default: 0,
      ns: 'memory',
      state: 'removed',
      changes: ['published:rio', 'deprecated:midnight-ride', 'removed:tampa'],
    },
    live: { type: 'bool' },
    last_updated: { type: 'datetime' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'orlando' },
  },
  messages: {},
});
