// A crash dump that a host left.

import { defineClass } from '../dsl.ts';

export const host_crashdump = defineClass({
  name: 'host_crashdump',
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    host: { type: 'ref host', access: 'static' },
    timestamp: { type: 'datetime' },
    size: { type: 'int' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'miami' },
  },
  messages: {
    destroy: { params: { self: 'ref host_crashdump' }, role: 'pool-operator' },
    upload: { params: { self: 'ref host_crashdump', url: 'string', options: 'map string string' }, role: 'pool-operator' },
  },
});
