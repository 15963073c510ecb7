// USB devices of VMs.

import { constant, ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'vusb-create': {
    summary: 'Give a VM a USB device.',
    required: ['usb-group-uuid', 'vm-uuid'],
    call: {
      message: 'VUSB.create',
      args: [ref('vm-uuid', 'VM'), ref('usb-group-uuid', 'USB_group'), constant({})],
      prints: { uuidOf: 'VUSB' },
    },
  },
  'vusb-unplug': {
    summary: 'Unplug a USB device from a running VM.',
    required: ['uuid'],
    call: { message: 'VUSB.unplug', args: [ref('uuid', 'VUSB')] },
  },
  'vusb-destroy': {
    summary: 'Take a USB device from a VM.',
    required: ['uuid'],
    call: { message: 'VUSB.destroy', args: [ref('uuid', 'VUSB')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
