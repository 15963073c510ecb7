// What a probe found out about an SR's size and health.

import { defineClass } from '../dsl.ts';

export const sr_stat = defineClass({
  name: 'sr_stat',
  stored: 'no',
  events: false,
  since: 'lima',
  changes: ['prototyped:kolkata', 'published:lima', 'extended:24.17.0'],
  fields: {
    uuid: { type: 'option string', changes: ['prototyped:kolkata', 'published:lima', 'extended:24.17.0'] },
    name_label: { type: 'string', changes: ['prototyped:kolkata', 'published:lima', 'extended:24.17.0'] },
    name_description: { type: 'string', changes: ['prototyped:kolkata', 'published:lima', 'extended:24.17.0'] },
    free_space: { type: 'int', changes: ['prototyped:kolkata', 'published:lima', 'extended:24.17.0'] },
    total_space: { type: 'int', changes: ['prototyped:kolkata', 'published:lima', 'extended:24.17.0'] },
    clustered: { type: 'bool', changes: ['prototyped:kolkata', 'published:lima', 'extended:24.17.0'] },
    health: { type: 'enum sr_health', changes: ['prototyped:kolkata', 'published:lima', 'extended:24.17.0'] },
  },
  messages: {},
});
