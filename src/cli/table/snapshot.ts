// Snapshots of VMs.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'snapshot-revert': { summary: 'Set a VM back to a snapshot.', optional: ['uuid', 'snapshot-uuid'], help: 'common' },
  'snapshot-clone': {
    summary: 'Make a VM of a snapshot.',
    required: ['new-name-label'],
    optional: ['uuid', 'new-name-description'],
    help: 'common',
  },
  'snapshot-copy': {
    summary: 'Make a VM of a snapshot, with all the content of its disks.',
    required: ['new-name-label'],
    optional: ['uuid', 'new-name-description', 'sr-uuid'],
    help: 'common',
  },
  'snapshot-destroy': { summary: "Remove a snapshot's record; its disks stay.", optional: ['uuid', 'snapshot-uuid'] },
  'snapshot-uninstall': { summary: 'Remove a snapshot and its disks.', optional: ['uuid', 'snapshot-uuid', 'force'], help: 'common' },
  'snapshot-reset-powerstate': {
    summary: 'Say that a snapshot is off.',
    optional: ['uuid', 'snapshot-uuid', 'force'],
    selects: 'vms',
    help: 'common',
  },
  'snapshot-disk-list': {
    summary: 'Show the disks of a snapshot.',
    optional: ['uuid', 'snapshot-uuid', 'vbd-params', 'vdi-params'],
    selects: 'vms',
    help: 'common',
  },
  'snapshot-export-to-template': {
    summary: 'Save a snapshot to a file, as a template.',
    required: ['filename', 'snapshot-uuid'],
    optional: ['preserve-power-state', 'compress', 'metadata', 'excluded-device-types'],
    help: 'common',
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'snapshot-revert': async () => (await import('../run/snapshot/snapshot.ts')).revert,
  'snapshot-clone': async () => (await import('../run/snapshot/snapshot.ts')).clone,
  'snapshot-copy': async () => (await import('../run/snapshot/snapshot.ts')).copy,
  'snapshot-destroy': async () => (await import('../run/snapshot/snapshot.ts')).destroy,
  'snapshot-uninstall': async () => (await import('../run/vm/uninstall.ts')).uninstallSnapshot,
  'snapshot-reset-powerstate': async () => (await import('../run/snapshot/snapshot.ts')).resetPowerState,
  'snapshot-disk-list': async () => (await import('../run/vm/disk-list.ts')).snapshotDisks,
  'snapshot-export-to-template': async () => (await import('../run/vm/export.ts')).exportSnapshot,
};
