// What the command line shows of the API class host_crashdump. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'host_crashdump',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'host-uuid': ['RO', 'host', 'uuid host'],
    timestamp: ['RO', 'timestamp', 'datetime'],
    size: ['RO', 'size', 'int'],
  },
};
