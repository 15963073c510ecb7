// A dump of a VM that crashed.

import { defineClass } from '../dsl.ts';

export const crashdump = defineClass({
  name: 'crashdump',
  since: 'rio',
  state: 'deprecated',
  changes: ['published:rio', 'deprecated:inverness'],
  fields: {
    uuid: { type: 'string', since: 'rio' },
    VM: { type: 'ref VM', access: 'static', since: 'rio' },
    VDI: { type: 'ref VDI', access: 'static', since: 'rio' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-operator', since: 'miami' },
  },
  messages: {
    destroy: { params: { self: 'ref crashdump' }, role: 'pool-operator', since: 'rio' },
  },
});
