// One of the series that can be recorded over time.

import { defineClass } from '../dsl.ts';

export const data_source = defineClass({
  name: 'data_source',
  stored: 'no',
  events: false,
  since: 'orlando',
  fields: {
    name_label: { type: 'string', default: '', ns: 'name', since: 'rio' },
    name_description: { type: 'string', default: '', ns: 'name', since: 'rio' },
    enabled: { type: 'bool', since: 'rio' },
    standard: { type: 'bool', since: 'rio' },
    units: { type: 'string', since: 'rio' },
    min: { type: 'float', since: 'rio' },
    max: { type: 'float', since: 'rio' },
    value: { type: 'float', since: 'rio' },
  },
  messages: {},
});
