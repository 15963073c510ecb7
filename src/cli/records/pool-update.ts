// What the command line shows of the API class pool_update. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'pool_update',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RO', 'name_label', 'string'],
    'name-description': ['RO', 'name_description', 'string'],
    version: ['RO', 'version', 'string'],
    'installation-size': ['RO', 'installation_size', 'int'],
    hosts: ['SRO', 'hosts', 'uuids, host'],
    'after-apply-guidance': ['SRO', 'after_apply_guidance', 'set,'],
    'enforce-homogeneity': ['RO', 'enforce_homogeneity', 'bool'],
  },
};
