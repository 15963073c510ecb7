// Virtual network interfaces.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'vif-create': { summary: 'Put a network interface into a VM.', required: ['device', 'network-uuid', 'vm-uuid'], optional: ['mac'] },
  'vif-destroy': {
    summary: 'Take a network interface out of a VM.',
    required: ['uuid'],
    call: { message: 'VIF.destroy', args: [ref('uuid', 'VIF')] },
  },
  'vif-plug': {
    summary: 'Plug a network interface into a running VM.',
    required: ['uuid'],
    call: { message: 'VIF.plug', args: [ref('uuid', 'VIF')] },
  },
  'vif-unplug': {
    summary: 'Unplug a network interface from a running VM.',
    required: ['uuid'],
    optional: ['force'],
    call: { message: 'VIF.unplug', forced: 'VIF.unplug_force', args: [ref('uuid', 'VIF')] },
  },
  'vif-configure-ipv4': {
    summary: "Set the guest's IPv4 address.",
    required: ['uuid', 'mode'],
    optional: ['address', 'gateway'],
  },
  'vif-configure-ipv6': {
    summary: "Set the guest's IPv6 address.",
    required: ['uuid', 'mode'],
    optional: ['address', 'gateway'],
  },
  'vif-move': {
    summary: 'Move a network interface to another network.',
    required: ['uuid', 'network-uuid'],
    call: { message: 'VIF.move', args: [ref('uuid', 'VIF'), ref('network-uuid', 'network')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'vif-create': async () => (await import('../run/vif/create.ts')).create,
  'vif-configure-ipv4': async () => (await import('../run/vif/configure.ts')).ipv4,
  'vif-configure-ipv6': async () => (await import('../run/vif/configure.ts')).ipv6,
};
