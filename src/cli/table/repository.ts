// Repositories of updates.

import { bool, ref, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'repository-introduce-remote-pool': {
    summary: 'Take updates from another pool.',
    required: ['name-label', 'binary-url', 'certificate-file'],
    optional: ['name-description'],
  },
  'repository-introduce': {
    summary: 'Add a repository of updates.',
    required: ['name-label', 'binary-url', 'source-url', 'update'],
    optional: ['name-description', 'gpgkey-path'],
    call: {
      message: 'Repository.introduce',
      args: [
        text('name-label'),
        text('name-description', ''),
        text('binary-url'),
        text('source-url'),
        bool('update'),
        text('gpgkey-path', ''),
      ],
      prints: { uuidOf: 'Repository' },
    },
  },
  'repository-introduce-bundle': {
    summary: 'Add a repository that comes as one file.',
    required: ['name-label'],
    optional: ['name-description'],
    call: {
      message: 'Repository.introduce_bundle',
      args: [text('name-label'), text('name-description', '')],
      prints: { uuidOf: 'Repository' },
    },
  },
  'repository-forget': {
    summary: 'Remove a repository of updates.',
    required: ['uuid'],
    call: { message: 'Repository.forget', args: [ref('uuid', 'Repository')] },
  },
  'repository-set-gpgkey-path': {
    summary: 'Set the key that signs a repository.',
    required: ['uuid', 'gpgkey-path'],
    call: { message: 'Repository.set_gpgkey_path', args: [ref('uuid', 'Repository'), text('gpgkey-path')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'repository-introduce-remote-pool': async () => (await import('../run/pool/certificates.ts')).introduceRemotePool,
};
