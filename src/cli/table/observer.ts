// Tracing.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'observer-destroy': {
    summary: 'Remove an observer.',
    required: ['uuid'],
    call: { message: 'Observer.destroy', args: [ref('uuid', 'Observer')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
