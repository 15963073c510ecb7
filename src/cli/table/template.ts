// Templates.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'template-uninstall': { summary: 'Remove a template and its disks.', required: ['template-uuid'], optional: ['force'], help: 'common' },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'template-uninstall': async () => (await import('../run/vm/uninstall.ts')).uninstallTemplate,
};
