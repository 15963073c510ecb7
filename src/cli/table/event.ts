// Events.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'event-wait': { summary: 'Wait until an object is as described.', required: ['class'] },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'event-wait': async () => (await import('../run/event/wait.ts')).wait,
};
