// Secrets.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'secret-create': { summary: 'Keep a secret.', required: ['value'] },
  'secret-destroy': { summary: 'Forget a secret.', required: ['uuid'], call: { message: 'secret.destroy', args: [ref('uuid', 'secret')] } },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'secret-create': async () => (await import('../run/class/create.ts')).secret,
};
