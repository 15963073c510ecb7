// A local user (the old form).

import { defineClass } from '../dsl.ts';

export const user = defineClass({
  name: 'user',
  events: false,
  reads: 'single',
  lifecycleRole: 'pool-admin',
  since: 'rio',
  state: 'deprecated',
  changes: ['published:rio', 'deprecated:george'],
  fields: {
    uuid: { type: 'string', since: 'rio' },
    short_name: { type: 'string', access: 'static', since: 'rio' },
    fullname: { type: 'string', access: 'RW', setterRole: 'pool-admin', since: 'rio' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-admin', since: 'orlando' },
  },
  messages: {},
});
