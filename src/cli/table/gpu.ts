// Groups of GPUs.

import { constant, ref, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'gpu-group-create': {
    summary: 'Make a group of GPUs.',
    required: ['name-label'],
    optional: ['name-description'],
    call: {
      message: 'GPU_group.create',
      args: [text('name-label'), text('name-description', ''), constant({})],
      prints: { uuidOf: 'GPU_group' },
    },
  },
  'gpu-group-destroy': {
    summary: 'Remove a group of GPUs.',
    required: ['uuid'],
    optional: [''],
    call: { message: 'GPU_group.destroy', args: [ref('uuid', 'GPU_group')] },
  },
  'gpu-group-get-remaining-capacity': {
    summary: 'Show how many more VMs may use a group.',
    required: ['uuid', 'vgpu-type-uuid'],
    call: {
      message: 'GPU_group.get_remaining_capacity',
      args: [ref('uuid', 'GPU_group'), ref('vgpu-type-uuid', 'VGPU_type')],
      prints: 'text',
    },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
