// A source of updates.

import { defineClass } from '../dsl.ts';

export const Repository = defineClass({
  name: 'Repository',
  byNameLabel: true,
  since: '1.301.0',
  fields: {
    uuid: { type: 'string' },
    name_label: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator+client-cert', since: 'rio' },
    name_description: { type: 'string', access: 'RW', default: '', ns: 'name', setterRole: 'pool-operator+client-cert', since: 'rio' },
    binary_url: { type: 'string', access: 'static', default: '' },
    source_url: { type: 'string', access: 'static', default: '' },
    update: { type: 'bool', access: 'static', default: false },
    hash: { type: 'string', default: '' },
    up_to_date: { type: 'bool', default: false, state: 'removed', changes: ['published:1.301.0', 'deprecated:23.18.0', 'removed:23.18.0'] },
    gpgkey_path: { type: 'string', access: 'static', default: '', since: '22.12.0', state: 'prototyped' },
    origin: { type: 'enum origin', access: 'static', default: 'remote', since: '24.23.0', state: 'prototyped' },
    certificate: { type: 'string', access: 'static', default: '', since: '25.7.0', state: 'prototyped' },
  },
  messages: {
    introduce: {
      params: {
        name_label: 'string',
        name_description: 'string',
        binary_url: 'string',
        source_url: 'string',
        update: 'bool',
        gpgkey_path: { type: 'string', default: '' },
      },
      result: 'ref Repository',
      role: 'pool-operator+client-cert',
    },
    introduce_bundle: {
      params: { name_label: 'string', name_description: 'string' },
      result: 'ref Repository',
      role: 'pool-operator+client-cert',
      since: '24.23.0',
      state: 'prototyped',
    },
    introduce_remote_pool: {
      params: { name_label: 'string', name_description: 'string', binary_url: 'string', certificate: 'string' },
      result: 'ref Repository',
      role: 'pool-operator+client-cert',
      since: '25.7.0',
      state: 'prototyped',
    },
    forget: { params: { self: 'ref Repository' }, role: 'pool-operator+client-cert' },
    apply: { params: { host: 'ref host' }, role: 'pool-operator+client-cert', hidden: true, poolInternal: true },
    set_gpgkey_path: {
      params: { self: 'ref Repository', value: 'string' },
      role: 'pool-operator+client-cert',
      since: '22.12.0',
      state: 'prototyped',
    },
    apply_livepatch: {
      params: {
        host: 'ref host',
        component: 'string',
        base_build_id: 'string',
        base_version: 'string',
        base_release: 'string',
        to_version: 'string',
        to_release: 'string',
      },
      role: 'pool-operator+client-cert',
      hidden: true,
      poolInternal: true,
      since: '22.20.0',
      state: 'prototyped',
    },
  },
});
