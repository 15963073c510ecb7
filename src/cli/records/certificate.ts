// What the command line shows of the API class Certificate. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Certificate',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    type: ['RO', 'type', 'enum certificate_type'],
    name: ['RO', 'name', 'string'],
    host: ['RO', 'host', 'uuid host'],
    'not-before': ['RO', 'not_before', 'datetime'],
    'not-after': ['RO', 'not_after', 'datetime'],
    fingerprint: ['RO', 'fingerprint', 'string'],
    fingerprint_sha256: ['RO', 'fingerprint_sha256', 'string'],
    fingerprint_sha1: ['RO', 'fingerprint_sha1', 'string'],
    purpose: ['RO', 'purpose', 'set certificate_purpose'],
  },
};
