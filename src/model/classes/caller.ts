// A program that calls the API, as told by its name and address.

import { defineClass } from '../dsl.ts';

export const Caller = defineClass({
  name: 'Caller',
  byNameLabel: true,
  lifecycleRole: 'pool-admin',
  since: '26.17.0',
  state: 'prototyped',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-admin' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-admin' },
    user_agent: { type: 'string', access: 'static', default: '' },
    client_ip: { type: 'string', access: 'static', default: '' },
    last_access: { type: 'datetime', default: '19700101T00:00:00Z' },
    groups: { type: 'set string', default: [] },
    rate_limit: { type: 'ref Rate_limit', default: 'OpaqueRef:NULL' },
    auto_registered: { type: 'bool', default: false },
  },
  messages: {
    add_group: { params: { self: 'ref Caller', group: 'string' }, role: 'pool-operator' },
    remove_group: { params: { self: 'ref Caller', group: 'string' }, role: 'pool-operator' },
    query_token_usage: { params: { self: 'ref Caller' }, result: 'float', role: 'pool-operator', since: '26.15.0', state: 'prototyped' },
    query_call_count: { params: { self: 'ref Caller' }, result: 'int', role: 'pool-operator', since: '26.15.0', state: 'prototyped' },
    query_group_token_usage: { params: { group: 'string' }, result: 'float', role: 'pool-operator', since: '26.15.0', state: 'prototyped' },
    query_group_call_count: { params: { group: 'string' }, result: 'int', role: 'pool-operator', since: '26.15.0', state: 'prototyped' },
    query_all_usage: { result: 'set (set string)', role: 'pool-operator' },
  },
});
