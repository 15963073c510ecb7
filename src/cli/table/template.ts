// Templates.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'template-uninstall': { summary: 'Remove a template and its disks.', required: ['template-uuid'], optional: ['force'], help: 'common' },
  'template-export': {
    summary: 'Save a template to a file.',
    required: ['filename', 'template-uuid'],
    optional: ['compress', 'metadata', 'excluded-device-types'],
    help: 'common',
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'template-uninstall': async () => (await import('../run/vm/uninstall.ts')).uninstallTemplate,
  'template-export': async () => (await import('../run/vm/export.ts')).exportTemplate,
};
