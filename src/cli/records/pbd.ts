// What the command line shows of the API class PBD. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'PBD',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    host: ['RO', 'host', 'uuid host', { deprecated: true }],
    'host-uuid': ['RO', 'host', 'uuid host'],
    'host-name-label': ['RO', 'host', 'name host'],
    'sr-uuid': ['RO', 'SR', 'uuid SR'],
    'sr-name-label': ['RO', 'SR', 'name SR'],
    'device-config': ['MRO', 'device_config', 'map'],
    'currently-attached': ['RO', 'currently_attached', 'bool'],
    'other-config': ['MRW', 'other_config', 'map'],
  },
};
