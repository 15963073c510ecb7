// What the command line shows of the API class Repository. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Repository',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    'binary-url': ['RO', 'binary_url', 'string'],
    'source-url': ['RO', 'source_url', 'string'],
    update: ['RO', 'update', 'bool'],
    hash: ['RO', 'hash', 'string'],
    'gpgkey-path': ['RW', 'gpgkey_path', 'string'],
    origin: ['RO', 'origin', 'enum origin'],
    certificate: ['RO', 'certificate', 'string', { hidden: true }],
  },
};
