// Virtual disks.

import { map, maybeRef, ref, type Handlers, type Rows } from './row.ts';

export const rows = {
  'vdi-create': {
    summary: 'Make a disk.',
    required: ['sr-uuid', 'name-label', 'virtual-size'],
    optional: ['sm-config:', 'sharable', 'tags:', 'type'],
  },
  'vdi-destroy': {
    summary: 'Remove a disk and its content.',
    required: ['uuid'],
    call: { message: 'VDI.destroy', args: [ref('uuid', 'VDI')] },
  },
  'vdi-forget': {
    summary: 'Forget a disk; its content stays.',
    required: ['uuid'],
    call: { message: 'VDI.forget', args: [ref('uuid', 'VDI')] },
  },
  'vdi-update': {
    summary: 'Read what the storage says of a disk again.',
    required: ['uuid'],
    call: { message: 'VDI.update', args: [ref('uuid', 'VDI')] },
  },
  'vdi-introduce': {
    summary: 'Make the record of a disk that exists.',
    required: ['uuid', 'sr-uuid', 'type', 'location'],
    optional: ['name-description', 'sharable', 'read-only', 'managed', 'other-config:', 'xenstore-data:', 'sm-config:', 'name-label'],
  },
  'vdi-resize': { summary: 'Make a disk larger.', required: ['uuid', 'disk-size'], optional: ['online'] },
  'vdi-generate-config': {
    summary: 'Show how to attach a disk by hand.',
    required: ['host-uuid', 'uuid'],
    help: 'hidden',
    call: { message: 'VDI.generate_config', args: [ref('host-uuid', 'host'), ref('uuid', 'VDI')], prints: 'text' },
  },
  'vdi-copy': {
    summary: 'Copy the content of a disk.',
    required: ['uuid'],
    optional: ['sr-uuid', 'base-vdi-uuid', 'into-vdi-uuid'],
    call: {
      message: 'VDI.copy',
      args: [ref('uuid', 'VDI'), maybeRef('sr-uuid', 'SR'), maybeRef('base-vdi-uuid', 'VDI'), maybeRef('into-vdi-uuid', 'VDI')],
      prints: { uuidOf: 'VDI' },
    },
  },
  'vdi-pool-migrate': {
    summary: 'Move the disk of a running VM to another SR.',
    required: ['uuid', 'sr-uuid'],
    optional: ['dest-img-format'],
  },
  'vdi-clone': {
    summary: 'Copy a disk, sharing its content where the storage can.',
    required: ['uuid'],
    optional: ['driver-params-', 'new-name-label', 'new-name-description'],
  },
  'vdi-snapshot': {
    summary: 'Keep the state of a disk.',
    required: ['uuid'],
    optional: ['driver-params-'],
    call: { message: 'VDI.snapshot', args: [ref('uuid', 'VDI'), map('driver-params')], prints: { uuidOf: 'VDI' } },
  },
  'vdi-import': { summary: 'Fill a disk from a file.', required: ['uuid', 'filename'], optional: ['format', 'progress'] },
  'vdi-export': {
    summary: 'Save the content of a disk to a file.',
    required: ['uuid', 'filename'],
    optional: ['format', 'base', 'progress'],
  },
  'vdi-unlock': {
    summary: 'Break the lock of a disk.',
    required: ['uuid'],
    optional: ['force'],
    call: { message: 'VDI.force_unlock', forceNeeded: 'after', args: [ref('uuid', 'VDI')] },
  },
  'vdi-enable-cbt': {
    summary: 'Track which blocks of a disk change.',
    required: ['uuid'],
    call: { message: 'VDI.enable_cbt', args: [ref('uuid', 'VDI')] },
  },
  'vdi-disable-cbt': {
    summary: 'Stop tracking changed blocks.',
    required: ['uuid'],
    call: { message: 'VDI.disable_cbt', args: [ref('uuid', 'VDI')] },
  },
  'vdi-data-destroy': {
    summary: "Remove a snapshot's content, keep what changed.",
    required: ['uuid'],
    call: { message: 'VDI.data_destroy', args: [ref('uuid', 'VDI')] },
  },
  'vdi-list-changed-blocks': {
    summary: 'Show which blocks changed between two snapshots.',
    required: ['vdi-from-uuid', 'vdi-to-uuid'],
    call: { message: 'VDI.list_changed_blocks', args: [ref('vdi-from-uuid', 'VDI'), ref('vdi-to-uuid', 'VDI')], prints: 'text' },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'vdi-create': async () => (await import('../run/vdi/create.ts')).create,
  'vdi-introduce': async () => (await import('../run/vdi/introduce.ts')).introduce,
  'vdi-resize': async () => (await import('../run/vdi/resize.ts')).resize,
  'vdi-pool-migrate': async () => (await import('../run/vdi/migrate.ts')).poolMigrate,
  'vdi-clone': async () => (await import('../run/vdi/copy.ts')).clone,
  'vdi-import': async () => (await import('../run/vdi/content.ts')).importContent,
  'vdi-export': async () => (await import('../run/vdi/content.ts')).exportContent,
};
