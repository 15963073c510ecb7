// What the command line shows of the API class VTPM. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'VTPM',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'vm-uuid': ['RO', 'VM', 'uuid VM'],
    'vm-name-label': ['RO', 'VM', 'name VM'],
    secret: ['RO', '', 'computed'],
    is_unique: ['RO', 'is_unique', 'bool'],
    is_protected: ['RO', 'is_protected', 'bool'],
    'allowed-operations': ['SRO', 'allowed_operations', 'set vtpm_operations'],
  },
};
