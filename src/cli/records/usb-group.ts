// What the command line shows of the API class USB_group. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'USB_group',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    'VUSB-uuids': ['SRO', 'VUSBs', 'uuids VUSB'],
    'PUSB-uuids': ['SRO', 'PUSBs', 'uuids PUSB'],
    'other-config': ['MRW', 'other_config', 'map'],
  },
};
