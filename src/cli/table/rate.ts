// Limits on callers.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'rate-limit-create': {
    summary: 'Limit how often callers may call.',
    required: ['burst-size', 'fill-rate'],
    optional: ['name-label', 'name-description', 'caller-uuids'],
  },
  'rate-limit-destroy': {
    summary: 'Remove a limit.',
    required: ['uuid'],
    call: { message: 'Rate_limit.destroy', args: [ref('uuid', 'Rate_limit')] },
  },
  'rate-limit-add-caller': {
    summary: 'Put a caller under a limit.',
    required: ['uuid', 'caller-uuid'],
    call: { message: 'Rate_limit.add_caller', args: [ref('uuid', 'Rate_limit'), ref('caller-uuid', 'Caller')] },
  },
  'rate-limit-remove-caller': {
    summary: 'Take a caller from under a limit.',
    required: ['uuid', 'caller-uuid'],
    call: { message: 'Rate_limit.remove_caller', args: [ref('uuid', 'Rate_limit'), ref('caller-uuid', 'Caller')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'rate-limit-create': async () => (await import('../run/caller/rate-limit.ts')).create,
};
