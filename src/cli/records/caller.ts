// What the command line shows of the API class Caller. The form of a row is in spec.ts.

import type { RecordSpec } from './spec.ts';

export const record: RecordSpec = {
  api: 'Caller',
  fields: {
    uuid: ['RO', 'uuid', 'string'],
    'name-label': ['RW', 'name_label', 'string'],
    'name-description': ['RW', 'name_description', 'string'],
    'user-agent': ['RO', 'user_agent', 'string'],
    'client-ip': ['RO', 'client_ip', 'string'],
    'last-access': ['RO', 'last_access', 'datetime'],
    groups: ['SRW', 'groups', 'set', { addName: 'add_group', removeName: 'remove_group' }],
    'rate-limit': ['RO', 'rate_limit', 'string'],
  },
};
