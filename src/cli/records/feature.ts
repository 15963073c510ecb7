// What the command line shows of the API class Feature. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Feature',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RO', 'name_label', 'string'],
    'name-description': ['RO', 'name_description', 'string'],
    enabled: ['RO', 'enabled', 'bool'],
    experimental: ['RO', 'experimental', 'bool'],
    version: ['RO', 'version', 'string'],
    'host-uuid': ['RO', 'host', 'uuid host'],
  },
};
