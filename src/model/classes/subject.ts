// A user or group of the directory service that may log in.

import { defineClass } from '../dsl.ts';

export const subject = defineClass({
  name: 'subject',
  lifecycleRole: 'pool-admin',
  since: 'george',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    subject_identifier: { type: 'string', access: 'static', default: '' },
    other_config: { type: 'map string string', access: 'static', default: {} },
    roles: { type: 'set ref role', default: ['OpaqueRef:0165f154-ba3e-034e-6b27-5d271af109ba'], since: 'midnight-ride' },
  },
  messages: {
    add_to_roles: { params: { self: 'ref subject', role: 'ref role' }, role: 'pool-admin', async: false, since: 'midnight-ride' },
    remove_from_roles: { params: { self: 'ref subject', role: 'ref role' }, role: 'pool-admin', async: false, since: 'midnight-ride' },
    get_permissions_name_label: {
      params: { self: 'ref subject' },
      result: 'set string',
      role: 'read-only',
      async: false,
      since: 'midnight-ride',
    },
  },
});
