// Bonds of network interfaces.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'bond-create': {
    summary: 'Bond several PIFs into one.',
    required: ['network-uuid', 'pif-uuids'],
    optional: ['mac', 'mode', 'properties:'],
  },
  'bond-destroy': { summary: 'Take a bond apart.', required: ['uuid'], call: { message: 'Bond.destroy', args: [ref('uuid', 'Bond')] } },
  'bond-set-mode': { summary: 'Set how a bond spreads its load.', required: ['uuid', 'mode'] },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'bond-create': async () => (await import('../run/network/bond.ts')).create,
  'bond-set-mode': async () => (await import('../run/network/bond.ts')).setMode,
};
