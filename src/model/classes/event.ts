// A change of an object, as told to those who asked.

import { defineClass } from '../dsl.ts';

export const event = defineClass({
  name: 'event',
  stored: 'no',
  events: false,
  since: 'rio',
  fields: {
    id: { type: 'int', access: 'static' },
    timestamp: { type: 'datetime', access: 'static', state: 'deprecated', changes: ['published:rio', 'deprecated:boston'] },
    class: { type: 'string', access: 'static' },
    operation: { type: 'enum event_operation', access: 'static' },
    ref: { type: 'string', access: 'static' },
    obj_uuid: { type: 'string', access: 'static', state: 'deprecated', changes: ['published:rio', 'deprecated:boston'] },
    snapshot: { type: 'record <class>', wireOnly: true, since: 'boston' },
  },
  messages: {
    register: {
      params: { classes: 'set string' },
      role: 'read-only',
      state: 'deprecated',
      changes: ['published:rio', 'deprecated:boston'],
    },
    unregister: {
      params: { classes: 'set string' },
      role: 'read-only',
      state: 'deprecated',
      changes: ['published:rio', 'deprecated:boston'],
    },
    next: {
      result: 'set record event',
      role: 'read-only',
      async: false,
      errors: ['SESSION_NOT_REGISTERED', 'EVENTS_LOST', 'EVENT_SUBSCRIPTION_PARSE_FAILURE'],
      state: 'deprecated',
      changes: ['published:rio', 'deprecated:boston'],
    },
    from: {
      params: { classes: 'set string', token: 'string', timeout: 'float' },
      result: 'set record event',
      role: 'read-only',
      async: false,
      errors: ['EVENT_FROM_TOKEN_PARSE_FAILURE', 'EVENT_SUBSCRIPTION_PARSE_FAILURE'],
      since: 'boston',
    },
    get_current_id: { result: 'int', role: 'read-only', async: false },
    inject: { params: { class: 'string', ref: 'string' }, result: 'string', role: 'read-only', async: false, since: 'tampa' },
  },
});
