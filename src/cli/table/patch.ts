// Patches, the old form of updates.

import { ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'patch-upload': { summary: 'Send a patch to the pool.', required: ['file-name'] },
  'patch-destroy': {
    summary: 'Forget a patch that no host has.',
    required: ['uuid'],
    call: { message: 'pool_patch.destroy', args: [ref('uuid', 'pool_patch')] },
  },
  'patch-precheck': {
    summary: 'Check whether a patch fits a host.',
    required: ['uuid', 'host-uuid'],
    call: { message: 'pool_patch.precheck', args: [ref('uuid', 'pool_patch'), ref('host-uuid', 'host')], prints: 'text' },
  },
  'patch-apply': {
    summary: 'Apply a patch to a host.',
    required: ['uuid', 'host-uuid'],
    call: { message: 'pool_patch.apply', args: [ref('uuid', 'pool_patch'), ref('host-uuid', 'host')], prints: 'text' },
  },
  'patch-pool-apply': {
    summary: 'Apply a patch to all hosts.',
    required: ['uuid'],
    call: { message: 'pool_patch.pool_apply', args: [ref('uuid', 'pool_patch')] },
  },
  'patch-clean': {
    summary: 'Remove the files of a patch from the master.',
    required: ['uuid'],
    call: { message: 'pool_patch.clean', args: [ref('uuid', 'pool_patch')] },
  },
  'patch-pool-clean': {
    summary: 'Remove the files of a patch from all hosts.',
    required: ['uuid'],
    call: { message: 'pool_patch.pool_clean', args: [ref('uuid', 'pool_patch')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'patch-upload': async () => (await import('../run/pool/update-files.ts')).uploadPatch,
};
