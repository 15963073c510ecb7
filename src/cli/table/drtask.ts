// Recovery from another site.

import { list, map, ref, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'drtask-create': {
    summary: 'Attach the storage of another site.',
    required: ['type'],
    optional: ['device-config:', 'sr-whitelist'],
    call: { message: 'DR_task.create', args: [text('type'), map('device-config'), list('sr-whitelist')], prints: { uuidOf: 'DR_task' } },
  },
  'drtask-destroy': {
    summary: 'Detach the storage of another site.',
    required: ['uuid'],
    call: { message: 'DR_task.destroy', args: [ref('uuid', 'DR_task')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
