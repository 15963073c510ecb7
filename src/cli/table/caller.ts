// Callers of the API.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'caller-create': {
    summary: 'Tell callers apart by their program or address.',
    optional: ['name-label', 'name-description', 'user-agent', 'client-ip'],
  },
  'caller-query-usage': { summary: 'Show what a caller or a group used.', optional: ['uuid', 'group'] },
  'caller-list-usage': { summary: 'Show what each caller used.' },
  'caller-destroy': { summary: 'Forget a caller.', required: ['uuid'], call: { message: 'Caller.destroy', args: [ref('uuid', 'Caller')] } },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'caller-create': async () => (await import('../run/caller/caller.ts')).create,
  'caller-query-usage': async () => (await import('../run/caller/caller.ts')).usage,
  'caller-list-usage': async () => (await import('../run/caller/caller.ts')).allUsage,
};
