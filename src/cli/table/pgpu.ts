// Physical GPUs.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'pgpu-enable-dom0-access': {
    summary: 'Let the host use a GPU again.',
    required: ['uuid'],
    call: { message: 'PGPU.enable_dom0_access', args: [ref('uuid', 'PGPU')], prints: 'text' },
  },
  'pgpu-disable-dom0-access': {
    summary: 'Keep a GPU from the host.',
    required: ['uuid'],
    call: { message: 'PGPU.disable_dom0_access', args: [ref('uuid', 'PGPU')], prints: 'text' },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
