// Messages: notes that the system leaves about objects.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'message-create': {
    summary: 'Leave a message about an object.',
    required: ['name', 'priority', 'body'],
    optional: ['vm-uuid', 'host-uuid', 'sr-uuid', 'pool-uuid'],
  },
  'message-destroy': { summary: 'Remove messages.', optional: ['uuid', 'uuids'] },
  'message-destroy-all': {
    summary: 'Remove all messages, or those of a time or priority.',
    optional: ['before', 'after', 'priority'],
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'message-create': async () => (await import('../run/message/message.ts')).create,
  'message-destroy': async () => (await import('../run/message/message.ts')).destroy,
  'message-destroy-all': async () => (await import('../run/message/message.ts')).destroyAll,
};
