// USB devices that are alike.

import { defineClass } from '../dsl.ts';

export const USB_group = defineClass({
  name: 'USB_group',
  byNameLabel: true,
  since: 'inverness',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-admin' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-admin' },
    PUSBs: { type: 'set ref PUSB' },
    VUSBs: { type: 'set ref VUSB' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-admin' },
  },
  messages: {
    create: {
      params: {
        name_label: { type: 'string', default: '' },
        name_description: { type: 'string', default: '' },
        other_config: { type: 'map string string', default: {} },
      },
      result: 'ref USB_group',
      role: 'pool-admin',
    },
    destroy: { params: { self: 'ref USB_group' }, role: 'pool-admin' },
  },
});
