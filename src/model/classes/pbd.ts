// The plug between a host and an SR.

import { defineClass } from '../dsl.ts';

export const PBD = defineClass({
  name: 'PBD',
  lifecycleRole: 'pool-operator',
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    host: { type: 'ref host', access: 'static' },
    SR: { type: 'ref SR', access: 'static' },
    device_config: { type: 'map string string', access: 'static' },
    currently_attached: { type: 'bool' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'miami' },
  },
  messages: {
    plug: { params: { self: 'ref PBD' }, role: 'pool-operator', errors: ['SR_UNKNOWN_DRIVER'] },
    unplug: { params: { self: 'ref PBD' }, role: 'pool-operator' },
    set_device_config: { params: { self: 'ref PBD', value: 'map string string' }, role: 'pool-operator', since: 'miami' },
  },
});
