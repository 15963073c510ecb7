// Networks.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'network-create': { summary: 'Make a network.', required: ['name-label'], optional: ['name-description', 'MTU', 'bridge', 'managed'] },
  'network-destroy': {
    summary: 'Remove a network.',
    required: ['uuid'],
    call: { message: 'network.destroy', args: [ref('uuid', 'network')] },
  },
  'network-attach': {
    summary: "Make a network's bridge on a host now.",
    required: ['uuid', 'host-uuid'],
    help: 'hidden',
    call: { message: 'network.attach', args: [ref('uuid', 'network'), ref('host-uuid', 'host')] },
  },
  'network-sriov-create': {
    summary: 'Use the virtual functions of a PIF for a network.',
    required: ['pif-uuid', 'network-uuid'],
    call: {
      message: 'network_sriov.create',
      args: [ref('pif-uuid', 'PIF'), ref('network-uuid', 'network')],
      prints: { uuidOf: 'network_sriov' },
    },
  },
  'network-sriov-destroy': {
    summary: 'Stop using virtual functions.',
    required: ['uuid'],
    call: { message: 'network_sriov.destroy', args: [ref('uuid', 'network_sriov')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'network-create': async () => (await import('../run/network/network.ts')).create,
};
