// CDs.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'cd-list': { summary: 'Show the CDs that VMs may use.', optional: ['params'], help: 'common' },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'cd-list': async () => (await import('../run/vdi/cd-list.ts')).list,
};
