// One thing that a storage probe found.

import { defineClass } from '../dsl.ts';

export const probe_result = defineClass({
  name: 'probe_result',
  stored: 'no',
  events: false,
  since: 'lima',
  changes: ['prototyped:kolkata', 'published:lima'],
  fields: {
    configuration: { type: 'map string string', changes: ['prototyped:kolkata', 'published:lima'] },
    complete: { type: 'bool', changes: ['prototyped:kolkata', 'published:lima'] },
    sr: { type: 'option record sr_stat', changes: ['prototyped:kolkata', 'published:lima'] },
    extra_info: { type: 'map string string', changes: ['prototyped:kolkata', 'published:lima'] },
  },
  messages: {},
});
