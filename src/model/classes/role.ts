// A role, or one permission of it.

import { defineClass } from '../dsl.ts';

export const role = defineClass({
  name: 'role',
  byNameLabel: true,
  since: 'midnight-ride',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    name_label: { type: 'string', access: 'static', default: '', ns: 'name' },
    name_description: { type: 'string', access: 'static', default: '', ns: 'name' },
    subroles: { type: 'set ref role', access: 'static', default: [] },
    is_internal: { type: 'bool', default: false, since: '22.5.0' },
  },
  messages: {
    get_permissions: { params: { self: 'ref role' }, result: 'set ref role', role: 'read-only', async: false },
    get_permissions_name_label: { params: { self: 'ref role' }, result: 'set string', role: 'read-only', async: false },
    get_by_permission: { params: { permission: 'ref role' }, result: 'set ref role', role: 'read-only', async: false },
    get_by_permission_name_label: { params: { label: 'string' }, result: 'set ref role', role: 'read-only', async: false },
  },
});
