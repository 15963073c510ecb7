// SRs on logical volumes.

import { bytes, ref, selected, type Handlers, type Rows } from './row.ts';

export const rows = {
  'lvhd-enable-thin-provisioning': {
    summary: 'Give the disks of an SR space as they need it.',
    required: ['sr-uuid', 'initial-allocation', 'allocation-quantum'],
    selects: 'hosts',
    call: {
      message: 'LVHD.enable_thin_provisioning',
      args: [selected, ref('sr-uuid', 'SR'), bytes('initial-allocation'), bytes('allocation-quantum')],
    },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
