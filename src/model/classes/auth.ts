// Who a user of the directory service is.

import { defineClass } from '../dsl.ts';

export const auth = defineClass({
  name: 'auth',
  stored: 'no',
  events: false,
  since: 'george',
  fields: {},
  messages: {
    get_subject_identifier: { params: { subject_name: 'string' }, result: 'string', role: 'read-only', async: false },
    get_subject_information_from_identifier: {
      params: { subject_identifier: 'string' },
      result: 'map string string',
      role: 'read-only',
      async: false,
    },
    get_group_membership: { params: { subject_identifier: 'string' }, result: 'set string', role: 'read-only', async: false },
  },
});
