// Virtual TPMs.

import { bool, ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'vtpm-create': {
    summary: 'Give a VM a TPM.',
    required: ['vm-uuid'],
    optional: ['is-unique'],
    call: { message: 'VTPM.create', args: [ref('vm-uuid', 'VM'), bool('is-unique')], prints: { uuidOf: 'VTPM' } },
  },
  'vtpm-destroy': {
    summary: "Take a VM's TPM, and what is in it.",
    required: ['uuid'],
    optional: ['force'],
    call: { message: 'VTPM.destroy', forceNeeded: 'before', args: [ref('uuid', 'VTPM')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
