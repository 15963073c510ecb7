// Hosts that come to a pool, leave it, or lost its master.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'pool-join': {
    summary: 'Bring this host into another pool.',
    required: ['master-address', 'master-username', 'master-password'],
    optional: ['force'],
  },
  'pool-eject': { summary: 'Take a host out of the pool; what is on its own disks is lost.', required: ['host-uuid'] },
  'pool-emergency-reset-master': {
    summary: 'Make this host follow another master.',
    required: ['master-address'],
    local: true,
  },
  'pool-emergency-transition-to-master': { summary: 'Make this host the master.', optional: ['force'], local: true },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'pool-join': async () => (await import('../run/pool/membership.ts')).join,
  'pool-eject': async () => (await import('../run/pool/membership.ts')).eject,
  'pool-emergency-reset-master': async () => (await import('../run/pool/membership.ts')).resetMaster,
  'pool-emergency-transition-to-master': async () => (await import('../run/pool/membership.ts')).becomeMaster,
};
