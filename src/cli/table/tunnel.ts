// Tunnels between hosts.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'tunnel-create': { summary: 'Make a tunnel for a network.', required: ['pif-uuid', 'network-uuid'], optional: ['protocol'] },
  'tunnel-destroy': { summary: 'Remove a tunnel.', required: ['uuid'], call: { message: 'tunnel.destroy', args: [ref('uuid', 'tunnel')] } },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'tunnel-create': async () => (await import('../run/network/vlan.ts')).createTunnel,
};
