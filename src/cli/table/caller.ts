// Callers of the API.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'caller-destroy': { summary: 'Forget a caller.', required: ['uuid'], call: { message: 'Caller.destroy', args: [ref('uuid', 'Caller')] } },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
