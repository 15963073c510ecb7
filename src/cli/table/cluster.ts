// Clusters of hosts for shared storage.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'cluster-pool-force-destroy': {
    summary: 'Remove a cluster whose hosts do not answer.',
    required: ['cluster-uuid'],
    call: { message: 'Cluster.pool_force_destroy', args: [ref('cluster-uuid', 'Cluster')] },
  },
  'cluster-pool-destroy': {
    summary: 'Remove a cluster from all hosts.',
    required: ['cluster-uuid'],
    call: { message: 'Cluster.pool_destroy', args: [ref('cluster-uuid', 'Cluster')] },
  },
  'cluster-pool-resync': {
    summary: 'Make all hosts join their cluster.',
    required: ['cluster-uuid'],
    call: { message: 'Cluster.pool_resync', args: [ref('cluster-uuid', 'Cluster')] },
  },
  'cluster-destroy': {
    summary: 'Remove a cluster of one host.',
    required: ['uuid'],
    call: { message: 'Cluster.destroy', args: [ref('uuid', 'Cluster')] },
  },
  'cluster-host-create': {
    summary: 'Let a host join a cluster.',
    required: ['cluster-uuid', 'host-uuid', 'pif-uuid'],
    help: 'hidden',
    call: {
      message: 'Cluster_host.create',
      args: [ref('cluster-uuid', 'Cluster'), ref('host-uuid', 'host'), ref('pif-uuid', 'PIF')],
      prints: { uuidOf: 'Cluster_host' },
    },
  },
  'cluster-host-disable': {
    summary: 'Let a host leave a cluster for now.',
    required: ['uuid'],
    call: { message: 'Cluster_host.disable', args: [ref('uuid', 'Cluster_host')] },
  },
  'cluster-host-enable': {
    summary: 'Let a host come back to a cluster.',
    required: ['uuid'],
    call: { message: 'Cluster_host.enable', args: [ref('uuid', 'Cluster_host')] },
  },
  'cluster-host-destroy': {
    summary: 'Let a host leave a cluster for good.',
    required: ['uuid'],
    call: { message: 'Cluster_host.destroy', args: [ref('uuid', 'Cluster_host')] },
  },
  'cluster-host-force-destroy': {
    summary: 'Remove a host from a cluster without asking it.',
    required: ['uuid'],
    call: { message: 'Cluster_host.force_destroy', args: [ref('uuid', 'Cluster_host')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
