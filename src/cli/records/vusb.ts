// What the command line shows of the API class VUSB. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'VUSB',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'vm-uuid': ['RO', 'VM', 'uuid VM'],
    'vm-name-label': ['RO', 'VM', 'name VM'],
    'usb-group-uuid': ['RO', 'USB_group', 'uuid USB_group'],
    'usb-group-name-label': ['RO', 'USB_group', 'name USB_group'],
    'other-config': ['MRW', 'other_config', 'map'],
    'currently-attached': ['RO', 'currently_attached', 'bool'],
    'allowed-operations': ['SRO', 'allowed_operations', 'set vusb_operations'],
    'current-operations': ['SRO', 'current_operations', 'values vusb_operations'],
  },
};
