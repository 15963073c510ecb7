// The log of who did what.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'audit-log-get': { summary: 'Save the log of who did what.', required: ['filename'], optional: ['since'] },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'audit-log-get': async () => (await import('../run/pool/files.ts')).auditLog,
};
