// A driver of a host of which several variants can be installed.

import { defineClass } from '../dsl.ts';

export const Host_driver = defineClass({
  name: 'Host_driver',
  since: '25.2.0',
  state: 'prototyped',
  fields: {
    uuid: { type: 'string' },
    host: { type: 'ref host', access: 'static', default: 'OpaqueRef:NULL' },
    name: { type: 'string' },
    friendly_name: { type: 'string' },
    variants: { type: 'set ref Driver_variant' },
    active_variant: { type: 'ref Driver_variant' },
    selected_variant: { type: 'ref Driver_variant' },
    type: { type: 'string' },
    description: { type: 'string' },
    info: { type: 'string' },
  },
  messages: {
    select: { params: { self: 'ref Host_driver', variant: 'ref Driver_variant' }, role: 'pool-admin' },
    deselect: { params: { self: 'ref Host_driver' }, role: 'pool-admin' },
    rescan: { params: { host: 'ref host' }, role: 'pool-admin' },
  },
});
