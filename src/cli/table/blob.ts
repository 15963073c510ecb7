// Binary objects that hang on others.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'blob-create': {
    summary: 'Make an empty blob on an object.',
    required: ['name'],
    optional: ['mime-type', 'vm-uuid', 'host-uuid', 'sr-uuid', 'network-uuid', 'pool-uuid', 'public'],
    help: 'hidden',
  },
  'blob-get': { summary: 'Save the content of a blob.', required: ['uuid', 'filename'], help: 'hidden' },
  'blob-put': { summary: 'Fill a blob from a file.', required: ['uuid', 'filename'], help: 'hidden' },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'blob-create': async () => (await import('../run/message/message.ts')).createBlob,
  'blob-get': async () => (await import('../run/message/blob-files.ts')).get,
  'blob-put': async () => (await import('../run/message/blob-files.ts')).put,
};
