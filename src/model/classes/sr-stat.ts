// What a probe found out about an SR's size and health.

import { defineClass } from '../dsl.ts';

export const sr_stat = defineClass({
  name: 'sr_stat',
  stored: 'no',
  events: false,
  since: 'lima',
  changes: ['prototyped:kolkata', 'published:lima', 'extended:24.17.0'],
  fields: {
    uuid: { type: 'option string' },
    name_label: { type: 'string' },
    name_description: { type: 'string' },
    free_space: { type: 'int' },
    total_space: { type: 'int' },
    clustered: { type: 'bool' },
    health: { type: 'enum sr_health' },
  },
  messages: {},
});
