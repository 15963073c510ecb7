// What the command line shows of the API class secret. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'secret',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    value: ['RW', 'value', 'string'],
  },
};
