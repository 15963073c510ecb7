// What the command line shows of the API class PCI. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'PCI',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'vendor-name': ['RO', 'vendor_name', 'string'],
    'device-name': ['RO', 'device_name', 'string'],
    'driver-name': ['RO', 'driver_name', 'string'],
    'host-uuid': ['RO', 'host', 'uuid host'],
    'host-name-label': ['RO', 'host', 'name host'],
    'pci-id': ['RO', 'pci_id', 'string'],
    dependencies: ['SRO', '', 'computed'],
    'other-config': ['MRW', 'other_config', 'map'],
  },
};
