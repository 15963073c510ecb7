// What the command line shows of the API class DR_task. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'DR_task',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'introduced-SRs': ['RO', 'introduced_SRs', 'uuids SR'],
  },
};
