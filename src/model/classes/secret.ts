// A secret kept by the pool, named by its uuid wherever it is needed.

import { defineClass } from '../dsl.ts';

export const secret = defineClass({
  name: 'secret',
  events: false,
  lifecycleRole: 'pool-operator',
  readRole: 'pool-operator',
  since: 'midnight-ride',
  fields: {
    uuid: { type: 'string', getterRole: 'pool-operator', since: 'rio' },
    value: { type: 'string', access: 'RW', getterRole: 'pool-operator', setterRole: 'pool-operator', since: 'rio' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'rio' },
  },
  messages: {
    introduce: {
      params: { uuid: 'string', value: 'string', other_config: { type: 'map string string', default: {}, since: 'boston' } },
      result: 'ref secret',
      role: 'pool-operator',
      async: false,
      hidden: true,
      secret: true,
    },
  },
});
