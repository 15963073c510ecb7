// What the command line shows of the API class PUSB. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'PUSB',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'usb-group-uuid': ['RO', 'USB_group', 'uuid USB_group'],
    'host-uuid': ['RO', 'host', 'uuid host'],
    'host-name-label': ['RO', 'host', 'name host'],
    path: ['RO', 'path', 'string'],
    'vendor-id': ['RO', 'vendor_id', 'string'],
    'vendor-desc': ['RO', 'vendor_desc', 'string'],
    'product-id': ['RO', 'product_id', 'string'],
    'product-desc': ['RO', 'product_desc', 'string'],
    serial: ['RO', 'serial', 'string'],
    version: ['RO', 'version', 'string'],
    description: ['RO', 'description', 'string'],
    speed: ['RO', 'speed', 'float'],
    'passthrough-enabled': ['RW', 'passthrough_enabled', 'bool'],
  },
};
