// Updates.

import { ref, selected, type Handlers, type Rows } from './row.ts';

export const rows = {
  'update-upload': { summary: 'Send an update to the pool.', required: ['file-name'], optional: ['sr-uuid'] },
  'update-precheck': { summary: 'Check whether an update fits hosts.', required: ['uuid'], selects: 'hosts' },
  'update-introduce': {
    summary: "Make an update of a disk's content.",
    required: ['vdi-uuid'],
    call: { message: 'pool_update.introduce', args: [ref('vdi-uuid', 'VDI')], prints: { uuidOf: 'pool_update' } },
  },
  'update-apply': {
    summary: 'Apply an update to hosts.',
    required: ['uuid'],
    selects: 'hosts',
    call: { message: 'pool_update.apply', args: [ref('uuid', 'pool_update'), selected] },
  },
  'update-pool-apply': {
    summary: 'Apply an update to all hosts.',
    required: ['uuid'],
    call: { message: 'pool_update.pool_apply', args: [ref('uuid', 'pool_update')] },
  },
  'update-pool-clean': {
    summary: 'Remove the files of an update from the pool.',
    required: ['uuid'],
    call: { message: 'pool_update.pool_clean', args: [ref('uuid', 'pool_update')] },
  },
  'update-destroy': {
    summary: 'Forget an update that no host has.',
    required: ['uuid'],
    call: { message: 'pool_update.destroy', args: [ref('uuid', 'pool_update')] },
  },
  'update-resync-host': {
    summary: 'Look again which updates a host has.',
    required: ['host-uuid'],
    help: 'hidden',
    call: { message: 'pool_update.resync_host', args: [ref('host-uuid', 'host')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'update-upload': async () => (await import('../run/pool/update-files.ts')).uploadUpdate,
  'update-precheck': async () => (await import('../run/host/updates.ts')).precheck,
};
