// What the command line shows of the API class message. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'message',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    name: ['RO', 'name', 'string'],
    priority: ['RO', 'priority', 'int'],
    class: ['RO', 'cls', 'enum cls'],
    'obj-uuid': ['RO', 'obj_uuid', 'string'],
    timestamp: ['RO', 'timestamp', 'datetime'],
    body: ['RO', 'body', 'string'],
  },
};
