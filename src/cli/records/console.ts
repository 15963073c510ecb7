// What the command line shows of the API class console. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'console',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'vm-uuid': ['RO', 'VM', 'uuid VM'],
    'vm-name-label': ['RO', 'VM', 'name VM'],
    protocol: ['RO', 'protocol', 'enum protocol'],
    location: ['RO', 'location', 'string'],
    'other-config': ['MRW', 'other_config', 'map'],
  },
};
