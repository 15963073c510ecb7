// A way to a VM's screen or serial line.

import { defineClass } from '../dsl.ts';

export const console = defineClass({
  name: 'console',
  lifecycleRole: 'vm-admin',
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    protocol: { type: 'enum console_protocol' },
    location: { type: 'string' },
    VM: { type: 'ref VM' },
    other_config: { type: 'map string string', access: 'RW', setterRole: 'vm-admin' },
  },
  messages: {},
});
