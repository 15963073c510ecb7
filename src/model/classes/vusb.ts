// The plug between a VM and a USB group.

import { defineClass } from '../dsl.ts';

export const VUSB = defineClass({
  name: 'VUSB',
  since: 'inverness',
  fields: {
    uuid: { type: 'string' },
    allowed_operations: { type: 'set enum vusb_operations', default: [], persist: false, since: 'rio' },
    current_operations: { type: 'map string enum vusb_operations', default: {}, persist: false, since: 'rio' },
    VM: { type: 'ref VM' },
    USB_group: { type: 'ref USB_group' },
    other_config: { type: 'map string string', access: 'RW', default: {}, setterRole: 'pool-admin' },
    currently_attached: { type: 'bool', default: false, since: 'rio' },
  },
  messages: {
    create: {
      params: { VM: 'ref VM', USB_group: 'ref USB_group', other_config: { type: 'map string string', default: {} } },
      result: 'ref VUSB',
      role: 'pool-admin',
    },
    unplug: { params: { self: 'ref VUSB' }, role: 'pool-admin' },
    destroy: { params: { self: 'ref VUSB' }, role: 'pool-admin' },
  },
});
