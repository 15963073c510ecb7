// Virtual block devices.

import { ref, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'vbd-create': {
    summary: 'Put a disk or a CD drive into a VM.',
    required: ['vm-uuid', 'device'],
    optional: ['vdi-uuid', 'bootable', 'type', 'mode', 'unpluggable'],
  },
  'vbd-destroy': {
    summary: 'Take a disk out of a VM; its content stays.',
    required: ['uuid'],
    call: { message: 'VBD.destroy', args: [ref('uuid', 'VBD')] },
  },
  'vbd-insert': {
    summary: 'Put a CD into a drive.',
    required: ['uuid', 'vdi-uuid'],
    call: { message: 'VBD.insert', args: [ref('uuid', 'VBD'), ref('vdi-uuid', 'VDI')] },
  },
  'vbd-eject': { summary: 'Take the CD out of a drive.', required: ['uuid'], call: { message: 'VBD.eject', args: [ref('uuid', 'VBD')] } },
  'vbd-plug': { summary: 'Plug a disk into a running VM.', required: ['uuid'], call: { message: 'VBD.plug', args: [ref('uuid', 'VBD')] } },
  'vbd-unplug': { summary: 'Unplug a disk from a running VM.', required: ['uuid'], optional: ['timeout', 'force'] },
  'vbd-pause': {
    summary: 'Halt the I/O of a disk.',
    required: ['uuid'],
    help: 'hidden',
    call: { message: 'VBD.pause', args: [ref('uuid', 'VBD')], prints: 'text' },
  },
  'vbd-unpause': {
    summary: 'Go on with the I/O of a disk.',
    required: ['uuid', 'token'],
    help: 'hidden',
    call: { message: 'VBD.unpause', args: [ref('uuid', 'VBD'), text('token')] },
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'vbd-create': async () => (await import('../run/vbd/create.ts')).create,
  'vbd-unplug': async () => (await import('../run/vbd/unplug.ts')).unplug,
};
