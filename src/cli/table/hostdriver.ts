// Drivers of hosts.

import { ref, selected, type Handlers, type Rows } from './row.ts';

export const rows = {
  'hostdriver-select': { summary: 'Choose the variant of a driver.', required: ['uuid', 'variant-name'] },
  'hostdriver-deselect': {
    summary: 'Use no variant of a driver.',
    required: ['uuid'],
    optional: ['force'],
    call: { message: 'Host_driver.deselect', forceNeeded: 'before', args: [ref('uuid', 'Host_driver')] },
  },
  'hostdriver-variant-select': {
    summary: 'Use this variant of its driver.',
    required: ['uuid'],
    call: { message: 'Driver_variant.select', args: [ref('uuid', 'Driver_variant')] },
  },
  'hostdriver-rescan': {
    summary: 'Look again which drivers a host has.',
    selects: 'hosts',
    call: { message: 'Host_driver.rescan', args: [selected] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'hostdriver-select': async () => (await import('../run/host/driver.ts')).selectVariant,
};
