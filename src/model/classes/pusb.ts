// A physical USB device.

import { defineClass } from '../dsl.ts';

export const PUSB = defineClass({
  name: 'PUSB',
  since: 'inverness',
  fields: {
    uuid: { type: 'string' },
    USB_group: { type: 'ref USB_group', access: 'static', default: 'OpaqueRef:NULL' },
    host: { type: 'ref host', access: 'static', default: 'OpaqueRef:NULL' },
    path: { type: 'string', access: 'static', default: '' },
    vendor_id: { type: 'string', access: 'static', default: '' },
    vendor_desc: { type: 'string', access: 'static', default: '' },
    product_id: { type: 'string', access: 'static', default: '' },
    product_desc: { type: 'string', access: 'static', default: '' },
    serial: { type: 'string', access: 'static', default: '' },
    version: { type: 'string', access: 'static', default: '' },
    description: { type: 'string', access: 'static', default: '' },
    passthrough_enabled: { type: 'bool', default: false },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-admin' },
    speed: { type: 'float', access: 'static', default: -1, since: 'stockholm' },
  },
  messages: {
    scan: { params: { host: 'ref host' }, role: 'pool-admin' },
    set_passthrough_enabled: { params: { self: 'ref PUSB', value: 'bool' }, role: 'pool-admin' },
  },
});
