// A disaster recovery in progress: the SRs of a lost site, opened here.

import { defineClass } from '../dsl.ts';

export const DR_task = defineClass({
  name: 'DR_task',
  since: 'boston',
  fields: {
    uuid: { type: 'string', since: 'rio' },
    introduced_SRs: { type: 'set ref SR', since: 'rio' },
  },
  messages: {
    create: {
      params: { type: 'string', device_config: 'map string string', whitelist: 'set string' },
      result: 'ref DR_task',
      role: 'pool-operator',
    },
    destroy: { params: { self: 'ref DR_task' }, role: 'pool-operator' },
  },
});
