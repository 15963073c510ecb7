// A cluster of hosts.

import { defineClass } from '../dsl.ts';

export const Cluster = defineClass({
  name: 'Cluster',
  since: 'lima',
  changes: ['prototyped:kolkata', 'published:lima'],
  fields: {
    uuid: { type: 'string', changes: ['prototyped:kolkata', 'published:lima'] },
    cluster_hosts: { type: 'set ref Cluster_host', changes: ['prototyped:kolkata', 'published:lima'] },
    pending_forget: { type: 'set string', default: [] },
    cluster_token: { type: 'string', access: 'static', default: '', changes: ['prototyped:kolkata', 'published:lima'] },
    cluster_stack: { type: 'string', access: 'static', default: 'corosync', changes: ['prototyped:kolkata', 'published:lima'] },
    cluster_stack_version: { type: 'int', access: 'static', default: 2, since: '24.15.0', state: 'prototyped' },
    is_quorate: { type: 'bool', default: false, since: '24.3.0', state: 'prototyped' },
    quorum: { type: 'int', default: 0, since: '24.3.0', state: 'prototyped' },
    live_hosts: { type: 'int', default: 0, since: '24.3.0', state: 'prototyped' },
    expected_hosts: { type: 'int', default: 0, since: '25.17.0', state: 'prototyped' },
    allowed_operations: { type: 'set enum cluster_operation', default: [], persist: false, since: 'rio' },
    current_operations: { type: 'map string enum cluster_operation', default: {}, persist: false, since: 'rio' },
    pool_auto_join: { type: 'bool', access: 'static', default: true, changes: ['prototyped:kolkata', 'published:lima'] },
    token_timeout: { type: 'float', access: 'static', default: 20, changes: ['prototyped:kolkata', 'changed:lima', 'published:lima'] },
    token_timeout_coefficient: {
      type: 'float',
      access: 'static',
      default: 1,
      changes: ['prototyped:kolkata', 'changed:lima', 'published:lima'],
    },
    cluster_config: { type: 'map string string', access: 'static', default: {}, changes: ['prototyped:kolkata', 'published:lima'] },
    other_config: {
      type: 'map string string',
      access: 'RW',
      default: {},
      setterRole: 'pool-operator',
      changes: ['prototyped:kolkata', 'published:lima'],
    },
  },
  messages: {
    create: {
      params: {
        PIF: { type: 'ref PIF', since: 'kolkata' },
        cluster_stack: { type: 'string', since: 'kolkata' },
        pool_auto_join: { type: 'bool', since: 'kolkata' },
        token_timeout: { type: 'float', default: 20, since: 'kolkata' },
        token_timeout_coefficient: { type: 'float', default: 1, since: 'kolkata' },
      },
      result: 'ref Cluster',
      role: 'pool-operator',
      errors: ['INVALID_CLUSTER_STACK', 'INVALID_VALUE', 'PIF_ALLOWS_UNPLUG', 'REQUIRED_PIF_IS_UNPLUGGED'],
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    destroy: {
      params: { self: 'ref Cluster' },
      role: 'pool-operator',
      errors: ['CLUSTER_DOES_NOT_HAVE_ONE_NODE', 'CLUSTER_STACK_IN_USE'],
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    get_network: {
      params: { self: 'ref Cluster' },
      result: 'ref network',
      role: 'read-only',
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    pool_create: {
      params: {
        network: { type: 'ref network', since: 'kolkata' },
        cluster_stack: { type: 'string', since: 'kolkata' },
        token_timeout: { type: 'float', default: 20, since: 'kolkata' },
        token_timeout_coefficient: { type: 'float', default: 1, since: 'kolkata' },
      },
      result: 'ref Cluster',
      role: 'pool-operator',
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    pool_force_destroy: {
      params: { self: 'ref Cluster' },
      role: 'pool-operator',
      errors: ['CLUSTER_FORCE_DESTROY_FAILED'],
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    pool_destroy: {
      params: { self: 'ref Cluster' },
      role: 'pool-operator',
      errors: ['CLUSTER_STACK_IN_USE', 'CLUSTERING_DISABLED', 'CLUSTER_HOST_IS_LAST'],
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    pool_resync: { params: { self: 'ref Cluster' }, role: 'pool-operator', changes: ['prototyped:kolkata', 'published:lima'] },
    cstack_sync: {
      params: { self: 'ref Cluster' },
      role: 'pool-operator',
      hidden: true,
      poolInternal: true,
      changes: ['prototyped:kolkata', 'published:lima'],
    },
  },
});
