// Virtual GPUs.

import { constant, maybeRef, ref, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'vgpu-create': {
    summary: 'Give a VM a GPU.',
    required: ['vm-uuid', 'gpu-group-uuid'],
    optional: ['vgpu-type-uuid', 'device'],
    call: {
      message: 'VGPU.create',
      args: [
        ref('vm-uuid', 'VM'),
        ref('gpu-group-uuid', 'GPU_group'),
        text('device', '0'),
        constant({}),
        maybeRef('vgpu-type-uuid', 'VGPU_type'),
      ],
      prints: { uuidOf: 'VGPU' },
    },
  },
  'vgpu-destroy': { summary: 'Take a GPU from a VM.', required: ['uuid'], call: { message: 'VGPU.destroy', args: [ref('uuid', 'VGPU')] } },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
