// Figures of a VIF (removed from the API).

import { defineClass } from '../dsl.ts';

export const VIF_metrics = defineClass({
  name: 'VIF_metrics',
  stored: 'memory',
  since: 'rio',
  state: 'removed',
  changes: ['published:rio', 'deprecated:tampa', 'removed:tampa'],
  fields: {
    uuid: { type: 'string', since: 'rio' },
    io_read_kbs: { type: 'float', default: 0, ns: 'io', persist: false },
    io_write_kbs: { type: 'float', default: 0, ns: 'io', persist: false },
    last_updated: { type: 'datetime', since: 'rio' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'vm-admin', since: 'orlando' },
  },
  messages: {},
});
