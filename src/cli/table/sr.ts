// Storage repositories.

import { ref, selected, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'sr-create': {
    summary: 'Make a storage repository.',
    required: ['name-label', 'type'],
    optional: ['name-description', 'host-uuid', 'device-config:', 'shared', 'physical-size', 'content-type', 'sm-config:'],
  },
  'sr-probe': { summary: 'Look what storage is there.', required: ['type'], optional: ['host-uuid', 'device-config:', 'sm-config:'] },
  'sr-probe-ext': {
    summary: 'Look what storage is there, in detail.',
    required: ['type'],
    optional: ['host-uuid', 'device-config:', 'sm-config:'],
  },
  'sr-scan': { summary: 'Look again what an SR holds.', required: ['uuid'], call: { message: 'SR.scan', args: [ref('uuid', 'SR')] } },
  'sr-introduce': {
    summary: 'Make the record of an SR that exists.',
    required: ['name-label', 'type', 'uuid'],
    optional: ['name-description', 'shared', 'content-type'],
  },
  'sr-destroy': {
    summary: 'Remove an SR and all its content.',
    required: ['uuid'],
    call: { message: 'SR.destroy', args: [ref('uuid', 'SR')] },
  },
  'sr-forget': {
    summary: 'Forget an SR; its content stays.',
    required: ['uuid'],
    call: { message: 'SR.forget', args: [ref('uuid', 'SR')] },
  },
  'sr-update': { summary: 'Read the sizes of an SR again.', required: ['uuid'], call: { message: 'SR.update', args: [ref('uuid', 'SR')] } },
  'sr-enable-database-replication': {
    summary: 'Keep a copy of the database on an SR.',
    required: ['uuid'],
    call: { message: 'SR.enable_database_replication', args: [ref('uuid', 'SR')] },
  },
  'sr-disable-database-replication': {
    summary: 'Stop keeping a copy of the database.',
    required: ['uuid'],
    call: { message: 'SR.disable_database_replication', args: [ref('uuid', 'SR')] },
  },
  'sr-data-source-list': { summary: 'Show the figures that an SR can record.', selects: 'srs', one: true },
  'sr-data-source-record': {
    summary: 'Begin to record a figure of an SR.',
    required: ['data-source'],
    selects: 'srs',
    one: true,
    call: { message: 'SR.record_data_source', args: [selected, text('data-source')] },
  },
  'sr-data-source-query': { summary: 'Show a figure of an SR as it is now.', required: ['data-source'], selects: 'srs', one: true },
  'sr-data-source-forget': {
    summary: 'Drop what was recorded of a figure.',
    required: ['data-source'],
    selects: 'srs',
    one: true,
    call: { message: 'SR.forget_data_source_archives', args: [selected, text('data-source')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'sr-create': async () => (await import('../run/sr/create.ts')).create,
  'sr-probe': async () => (await import('../run/sr/probe.ts')).probe,
  'sr-probe-ext': async () => (await import('../run/sr/probe.ts')).probeExt,
  'sr-introduce': async () => (await import('../run/sr/introduce.ts')).introduce,
  'sr-data-source-list': async () => (await import('../run/vm/data-source.ts')).list,
  'sr-data-source-query': async () => (await import('../run/vm/data-source.ts')).query,
};
