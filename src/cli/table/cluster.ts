// Clusters of hosts for shared storage.

import { bool, float, ref, text, type Handlers, type Rows } from './row.ts';

const stack = text('cluster-stack', 'corosync');
const timeouts = [float('token-timeout', 20), float('token-timeout-coefficient', 0.65)] as const;

export const rows = {
  'cluster-pool-create': {
    summary: 'Make a cluster of all hosts.',
    required: ['network-uuid'],
    optional: ['cluster-stack', 'token-timeout', 'token-timeout-coefficient'],
    call: { message: 'Cluster.pool_create', args: [ref('network-uuid', 'network'), stack, ...timeouts], prints: { uuidOf: 'Cluster' } },
  },
  'cluster-create': {
    summary: 'Make a cluster of one host.',
    required: ['pif-uuid'],
    optional: ['cluster-stack', 'pool-auto-join', 'token-timeout', 'token-timeout-coefficient'],
    help: 'hidden',
    call: {
      message: 'Cluster.create',
      args: [ref('pif-uuid', 'PIF'), stack, bool('pool-auto-join', true), ...timeouts],
      prints: { uuidOf: 'Cluster' },
    },
  },
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
