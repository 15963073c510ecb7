// A CPU of a host (the old form).

import { defineClass } from '../dsl.ts';

export const host_cpu = defineClass({
  name: 'host_cpu',
  since: 'rio',
  state: 'deprecated',
  changes: ['published:rio', 'deprecated:midnight-ride'],
  fields: {
    uuid: { type: 'string', since: 'rio' },
    host: { type: 'ref host', since: 'rio' },
    number: { type: 'int', since: 'rio' },
    vendor: { type: 'string', since: 'rio' },
    speed: { type: 'int', since: 'rio' },
    modelname: { type: 'string', since: 'rio' },
    family: { type: 'int', since: 'rio' },
    model: { type: 'int', since: 'rio' },
    stepping: { type: 'string', since: 'rio' },
    flags: { type: 'string', since: 'rio' },
    features: { type: 'string', since: 'rio' },
    utilisation: { type: 'float', persist: false, since: 'rio' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'orlando' },
  },
  messages: {},
});
