// What the command line shows of the API class VLAN. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'VLAN',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'tagged-PIF': ['RO', 'tagged_PIF', 'uuid PIF'],
    'untagged-PIF': ['RO', 'untagged_PIF', 'uuid PIF'],
    tag: ['RO', 'tag', 'int'],
  },
};
