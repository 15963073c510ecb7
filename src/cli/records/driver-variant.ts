// What the command line shows of the API class Driver_variant. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Driver_variant',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    name: ['RO', 'name', 'string'],
    version: ['RO', 'version', 'string'],
    status: ['RO', 'status', 'string'],
    priority: ['RO', 'priority', 'float5.1'],
    active: ['RO', '', 'computed'],
    selected: ['RO', '', 'computed'],
    'driver-uuid': ['RO', 'driver', 'uuid Host_driver'],
    'driver-name': ['RO', 'driver.name', 'string'],
    'host-uuid': ['RO', 'driver.host', 'uuid host'],
    'hw-present': ['RO', 'hardware_present', 'bool'],
  },
};
