// Connections of hosts and SRs.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'pbd-create': { summary: 'Describe how a host reaches an SR.', required: ['host-uuid', 'sr-uuid'], optional: ['device-config:'] },
  'pbd-destroy': {
    summary: 'Forget how a host reaches an SR.',
    required: ['uuid'],
    call: { message: 'PBD.destroy', args: [ref('uuid', 'PBD')] },
  },
  'pbd-plug': { summary: 'Connect a host to an SR.', required: ['uuid'], call: { message: 'PBD.plug', args: [ref('uuid', 'PBD')] } },
  'pbd-unplug': {
    summary: 'Disconnect a host from an SR.',
    required: ['uuid'],
    call: { message: 'PBD.unplug', args: [ref('uuid', 'PBD')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'pbd-create': async () => (await import('../run/sr/pbd.ts')).create,
};
