// VLANs.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'vlan-create': { summary: "Make a VLAN on a host's PIF.", required: ['pif-uuid', 'vlan', 'network-uuid'] },
  'vlan-destroy': { summary: 'Remove a VLAN.', required: ['uuid'] },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'vlan-create': async () => (await import('../run/network/vlan.ts')).create,
  'vlan-destroy': async () => (await import('../run/network/vlan.ts')).destroy,
};
