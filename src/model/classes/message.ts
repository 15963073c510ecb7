// A notification to the administrator (an alert).

import { defineClass } from '../dsl.ts';

export const message = defineClass({
  name: 'message',
  stored: 'no',
  since: 'orlando',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    name: { type: 'string', since: 'rio' },
    priority: { type: 'int', since: 'rio' },
    cls: { type: 'enum cls', changes: ['published:orlando', 'extended:1.313.0'] },
    obj_uuid: { type: 'string', since: 'rio' },
    timestamp: { type: 'datetime', since: 'rio' },
    body: { type: 'string', since: 'rio' },
  },
  messages: {
    create: {
      params: { name: 'string', priority: 'int', cls: 'enum cls', obj_uuid: 'string', body: 'string' },
      result: 'ref message',
      role: 'pool-operator',
      async: false,
    },
    destroy: { params: { self: 'ref message' }, role: 'pool-operator', async: false },
    destroy_many: { params: { messages: 'set ref message' }, role: 'pool-operator', since: '22.19.0', state: 'prototyped' },
    destroy_all: { params: { filters: 'map string string' }, role: 'pool-operator', since: '26.6.0', state: 'prototyped' },
    get: {
      params: { cls: 'enum cls', obj_uuid: 'string', since: 'datetime' },
      result: 'map ref message record message',
      role: 'read-only',
      async: false,
    },
    get_all: { result: 'set ref message', role: 'read-only', async: false },
    get_since: { params: { since: 'datetime' }, result: 'map ref message record message', role: 'read-only', async: false },
    get_record: { params: { self: 'ref message' }, result: 'record message', role: 'read-only', async: false },
    get_by_uuid: { params: { uuid: 'string' }, result: 'ref message', role: 'read-only', async: false },
    get_all_records: { result: 'map ref message record message', role: 'read-only', async: false },
    get_all_records_where: { params: { expr: 'string' }, result: 'map ref message record message', role: 'read-only', async: false },
  },
});
