// What the command line shows of the API class pool_patch. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'pool_patch',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RO', 'name_label', 'string'],
    'name-description': ['RO', 'name_description', 'string'],
    size: ['RO', 'size', 'int'],
    hosts: ['SRO', '', 'computed'],
    'after-apply-guidance': ['SRO', 'after_apply_guidance', 'set,'],
    update: ['RO', 'pool_update', 'uuid pool_update'],
  },
};
