// Figures of a VBD (removed from the API).

import { defineClass } from '../dsl.ts';

export const VBD_metrics = defineClass({
  name: 'VBD_metrics',
  stored: 'memory',
  since: 'rio',
  state: 'removed',
  changes: ['published:rio', 'deprecated:tampa', 'removed:tampa'],
  fields: {
    uuid: { type: 'string', since: 'rio' },
    io_read_kbs: { type: 'float', default: 0, ns: 'io', persist: false },
    io_write_kbs: { type: 'float', default: 0, ns: 'io', persist: false },
    last_updated: { type: 'datetime', default: '19700101T00:00:00Z' },
    other_config: {
      type: 'map string string',
      access: 'RW',
      default: {},
      setterRole: 'vm-admin',
      since: 'orlando',
      state: 'removed',
      changes: ['published:orlando', 'deprecated:tampa', 'removed:tampa'],
    },
  },
  messages: {},
});
