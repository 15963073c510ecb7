// What the command line shows of the API class Rate_limit. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Rate_limit',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    callers: ['SRO', 'callers', 'set'],
    'burst-size': ['RW', 'burst_size', 'float'],
    'fill-rate': ['RW', 'fill_rate', 'float'],
  },
};
