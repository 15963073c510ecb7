// An experimental feature of a host.

import { defineClass } from '../dsl.ts';

export const Feature = defineClass({
  name: 'Feature',
  byNameLabel: true,
  since: 'falcon',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', access: 'static', default: '', ns: 'name', since: 'rio' },
    name_description: { type: 'string', access: 'static', default: '', ns: 'name', since: 'rio' },
    enabled: { type: 'bool', default: false },
    experimental: { type: 'bool', access: 'static', default: false },
    version: { type: 'string', access: 'static', default: '1.0' },
    host: { type: 'ref host' },
  },
  messages: {},
});
