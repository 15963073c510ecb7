// Tasks.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'task-cancel': { summary: 'Stop a task.', required: ['uuid'], call: { message: 'task.cancel', args: [ref('uuid', 'task')] } },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
