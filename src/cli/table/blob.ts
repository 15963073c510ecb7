// Binary objects that hang on others.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'blob-create': {
    summary: 'Make an empty blob on an object.',
    required: ['name'],
    optional: ['mime-type', 'vm-uuid', 'host-uuid', 'sr-uuid', 'network-uuid', 'pool-uuid', 'public'],
    help: 'hidden',
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'blob-create': async () => (await import('../run/message/message.ts')).createBlob,
};
