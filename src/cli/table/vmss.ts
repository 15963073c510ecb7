// Schedules of snapshots.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'vmss-create': {
    summary: 'Make a schedule of snapshots.',
    required: ['name-label', 'type', 'frequency'],
    optional: ['name-description', 'enabled', 'schedule:', 'retained-snapshots'],
  },
  'vmss-destroy': {
    summary: 'Remove a schedule of snapshots.',
    required: ['uuid'],
    call: { message: 'VMSS.destroy', args: [ref('uuid', 'VMSS')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'vmss-create': async () => (await import('../run/class/create.ts')).vmss,
};
