// Consoles of VMs.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  console: { summary: 'Open the text console of a VM on this terminal.', selects: 'vms', one: true, alsoSelects: ['control-domains'] },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  console: async () => (await import('../run/console/console.ts')).open,
};
