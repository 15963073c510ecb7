// One thing that a storage probe found.

import { defineClass } from '../dsl.ts';

export const probe_result = defineClass({
  name: 'probe_result',
  stored: 'no',
  events: false,
  since: 'lima',
  changes: ['prototyped:kolkata', 'published:lima'],
  fields: {
    configuration: { type: 'map string string' },
    complete: { type: 'bool' },
    sr: { type: 'option record sr_stat' },
    extra_info: { type: 'map string string' },
  },
  messages: {},
});
