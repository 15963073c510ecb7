// One variant of a host's driver.

import { defineClass } from '../dsl.ts';

export const Driver_variant = defineClass({
  name: 'Driver_variant',
  since: '25.2.0',
  state: 'prototyped',
  fields: {
    uuid: { type: 'string' },
    name: { type: 'string' },
    driver: { type: 'ref Host_driver' },
    version: { type: 'string' },
    hardware_present: { type: 'bool' },
    priority: { type: 'float' },
    status: { type: 'string' },
  },
  messages: {
    select: { params: { self: 'ref Driver_variant' }, role: 'pool-admin' },
  },
});
