// VLANs.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'vlan-create': {
    summary: "Make a VLAN on a host's PIF; with network=NAME-%d many at once, with their networks.",
    required: ['pif-uuid', 'vlan', 'network-uuid'],
    own: ['network', 'if-missing'],
    instead: { 'network-uuid': 'network' },
  },
  'vlan-destroy': {
    summary: 'Remove a VLAN, or many from a PIF by their tags.',
    required: ['uuid'],
    own: ['pif-uuid', 'vlan', 'all-hosts', 'if-present'],
    instead: { uuid: 'vlan' },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'vlan-create': async () => (await import('../run/network/vlan.ts')).create,
  'vlan-destroy': async () => (await import('../run/network/vlan.ts')).destroy,
};
