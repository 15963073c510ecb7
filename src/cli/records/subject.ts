// What the command line shows of the API class subject. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'subject',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'subject-identifier': ['RO', 'subject_identifier', 'string'],
    'other-config': ['MRO', 'other_config', 'map'],
    roles: ['SRO', 'roles', 'names role'],
  },
};
