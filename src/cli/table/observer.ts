// Tracing.

import { bool, list, map, record, ref, refs, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'observer-create': {
    summary: 'Follow what components of hosts do.',
    required: ['name-label'],
    optional: ['host-uuids', 'name-description', 'enabled', 'attributes', 'endpoints', 'components'],
    call: {
      message: 'Observer.create',
      args: [
        record({
          name_label: text('name-label'),
          name_description: text('name-description', ''),
          hosts: refs('host-uuids', 'host'),
          attributes: map('attributes'),
          endpoints: list('endpoints'),
          components: list('components'),
          enabled: bool('enabled'),
        }),
      ],
      prints: { uuidOf: 'Observer' },
    },
  },
  'observer-destroy': {
    summary: 'Remove an observer.',
    required: ['uuid'],
    call: { message: 'Observer.destroy', args: [ref('uuid', 'Observer')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {};
