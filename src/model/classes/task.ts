// A long-running call: its progress, its result, its cancellation.

import { defineClass } from '../dsl.ts';

export const task = defineClass({
  name: 'task',
  stored: 'memory',
  byNameLabel: true,
  since: 'rio',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', default: '', ns: 'name' },
    name_description: { type: 'string', default: '', ns: 'name' },
    allowed_operations: { type: 'set enum task_allowed_operations', default: [], persist: false },
    current_operations: { type: 'map string enum task_allowed_operations', default: {}, persist: false },
    created: { type: 'datetime' },
    finished: { type: 'datetime' },
    status: { type: 'enum task_status_type' },
    resident_on: { type: 'ref host' },
    progress: { type: 'float' },
    type: { type: 'string' },
    result: { type: 'string' },
    error_info: { type: 'set string' },
    other_config: { type: 'map string string', default: {}, since: 'miami' },
    subtask_of: { type: 'ref task', default: 'OpaqueRef:NULL', since: 'orlando' },
    subtasks: { type: 'set ref task', since: 'orlando' },
    backtrace: { type: 'string', default: '()', since: 'dundee' },
  },
  messages: {
    create: { params: { label: 'string', description: 'string' }, result: 'ref task', role: 'read-only', async: false },
    destroy: { params: { self: 'ref task' }, role: 'read-only', async: false },
    cancel: { params: { task: 'ref task' }, role: 'read-only', errors: ['OPERATION_NOT_ALLOWED'] },
    set_status: { params: { self: 'ref task', value: 'enum task_status_type' }, role: 'read-only', async: false, since: 'falcon' },
    set_progress: { params: { self: 'ref task', value: 'float' }, role: 'read-only', async: false, since: 'stockholm' },
    set_result: { params: { self: 'ref task', value: 'string' }, role: 'read-only', async: false, since: '21.3.0' },
    set_error_info: { params: { self: 'ref task', value: 'set string' }, role: 'read-only', async: false, since: '21.3.0' },
    add_to_other_config: {
      params: { self: 'ref task', key: 'string', value: 'string' },
      role: 'read-only',
      keyRoles: { applies_to: 'vm-operator', XenCenterUUID: 'vm-operator', XenCenterMeddlingActionTitle: 'vm-operator' },
      since: '25.8.0',
      state: 'prototyped',
    },
    remove_from_other_config: {
      params: { self: 'ref task', key: 'string' },
      role: 'read-only',
      keyRoles: { applies_to: 'vm-operator', XenCenterUUID: 'vm-operator', XenCenterMeddlingActionTitle: 'vm-operator' },
      since: '25.8.0',
      state: 'prototyped',
    },
    set_other_config: { params: { self: 'ref task', value: 'map string string' }, role: 'read-only', since: '25.8.0', state: 'prototyped' },
  },
});
