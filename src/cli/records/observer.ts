// What the command line shows of the API class Observer. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Observer',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'host-uuids': ['SRW', 'hosts', 'uuids host', { set: 'uuids host', whole: true, member: 'uuid host' }],
    'name-label': ['RO', 'name_label', 'string'],
    'name-description': ['RO', 'name_description', 'string'],
    attributes: ['MRW', 'attributes', 'map', { whole: true, keySet: 'map', clear: 'emptyMap' }],
    endpoints: ['SRW', 'endpoints', 'set', { set: 'strings', whole: true }],
    components: ['SRW', 'components', 'set', { set: 'strings', whole: true }],
    enabled: ['RW', 'enabled', 'bool'],
  },
};
