// USB devices of hosts.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'pusb-scan': {
    summary: 'Look for USB devices.',
    required: ['host-uuid'],
    call: { message: 'PUSB.scan', args: [ref('host-uuid', 'host')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
