// What the command line shows of the API class role. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'role',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    name: ['RO', 'name_label', 'string'],
    description: ['RO', 'name_description', 'string'],
  },
};
