// A host's membership in a cluster.

import { defineClass } from '../dsl.ts';

export const Cluster_host = defineClass({
  name: 'Cluster_host',
  since: 'lima',
  changes: ['prototyped:kolkata', 'published:lima'],
  fields: {
    uuid: { type: 'string', changes: ['prototyped:kolkata', 'published:lima'] },
    cluster: { type: 'ref Cluster', access: 'static', default: 'OpaqueRef:NULL', changes: ['prototyped:kolkata', 'published:lima'] },
    host: { type: 'ref host', access: 'static', default: 'OpaqueRef:NULL', changes: ['prototyped:kolkata', 'published:lima'] },
    enabled: { type: 'bool', default: false, changes: ['prototyped:kolkata', 'published:lima'] },
    PIF: { type: 'ref PIF', access: 'static', default: 'OpaqueRef:NULL', changes: ['prototyped:kolkata', 'published:lima'] },
    joined: { type: 'bool', default: true, changes: ['prototyped:kolkata', 'published:lima'] },
    live: { type: 'bool', default: false, since: '24.3.0', state: 'prototyped' },
    last_update_live: { type: 'datetime', default: '19700101T00:00:00Z', since: '24.3.0', state: 'prototyped' },
    allowed_operations: { type: 'set enum cluster_host_operation', default: [], persist: false, since: 'rio' },
    current_operations: { type: 'map string enum cluster_host_operation', default: {}, persist: false, since: 'rio' },
    other_config: { type: 'map string string', access: 'static', default: {}, changes: ['prototyped:kolkata', 'published:lima'] },
  },
  messages: {
    create: {
      params: { cluster: 'ref Cluster', host: 'ref host', pif: 'ref PIF' },
      result: 'ref Cluster_host',
      role: 'pool-operator',
      errors: ['PIF_NOT_ATTACHED_TO_HOST', 'NO_CLUSTER_HOSTS_REACHABLE'],
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    destroy: {
      params: { self: 'ref Cluster_host' },
      role: 'pool-operator',
      errors: ['CLUSTER_STACK_IN_USE', 'CLUSTERING_DISABLED', 'CLUSTER_HOST_IS_LAST'],
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    enable: {
      params: { self: 'ref Cluster_host' },
      role: 'pool-operator',
      errors: ['PIF_ALLOWS_UNPLUG', 'REQUIRED_PIF_IS_UNPLUGGED'],
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    force_destroy: {
      params: { self: 'ref Cluster_host' },
      role: 'pool-operator',
      errors: ['CLUSTER_STACK_IN_USE'],
      changes: ['prototyped:kolkata', 'published:lima'],
    },
    forget: { params: { self: 'ref Cluster_host' }, role: 'local-root-only', hidden: true },
    disable: {
      params: { self: 'ref Cluster_host' },
      role: 'pool-operator',
      errors: ['CLUSTER_STACK_IN_USE'],
      changes: ['prototyped:kolkata', 'published:lima'],
    },
  },
});
