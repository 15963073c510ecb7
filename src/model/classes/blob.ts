// Named binary data attached to an object.

import { defineClass } from '../dsl.ts';

export const blob = defineClass({
  name: 'blob',
  byNameLabel: true,
  since: 'orlando',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator', since: 'rio' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator', since: 'rio' },
    size: { type: 'int', since: 'rio' },
    public: { type: 'bool', access: 'RW', default: false, setterRole: 'pool-operator', since: 'tampa' },
    last_updated: { type: 'datetime', access: 'static', since: 'rio' },
    mime_type: { type: 'string', access: 'static', since: 'rio' },
  },
  messages: {
    create: {
      params: { mime_type: 'string', public: { type: 'bool', default: false, since: 'tampa' } },
      result: 'ref blob',
      role: 'pool-operator',
      async: false,
    },
    destroy: { params: { self: 'ref blob' }, role: 'pool-operator', async: false },
  },
});
