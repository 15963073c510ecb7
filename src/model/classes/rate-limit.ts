// How much one caller may ask for.

import { defineClass } from '../dsl.ts';

export const Rate_limit = defineClass({
  name: 'Rate_limit',
  byNameLabel: true,
  lifecycleRole: 'pool-admin',
  since: '26.17.0',
  state: 'prototyped',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-admin' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-admin' },
    callers: { type: 'set ref Caller' },
    burst_size: { type: 'float', access: 'static', default: 0 },
    fill_rate: { type: 'float', access: 'static', default: 0 },
  },
  messages: {
    add_caller: { params: { self: 'ref Rate_limit', caller: 'ref Caller' }, role: 'pool-admin' },
    remove_caller: { params: { self: 'ref Rate_limit', caller: 'ref Caller' }, role: 'pool-admin' },
    set_burst_size: { params: { self: 'ref Rate_limit', value: 'float' }, role: 'pool-admin' },
    set_fill_rate: { params: { self: 'ref Rate_limit', value: 'float' }, role: 'pool-admin' },
  },
});
