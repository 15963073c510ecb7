// VMs that come from elsewhere or go there: files, other hypervisors, the databases of lost pools.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'vm-import': {
    summary: 'Make VMs of a file, or of those of another system.',
    optional: [
      'filename',
      'preserve',
      'sr-uuid',
      'force',
      'host-username',
      'host-password',
      'type',
      'remote-config',
      'dry-run',
      'metadata',
      'url',
      'vdi:',
    ],
    help: 'common',
  },
  'vm-export': {
    summary: 'Save VMs to files.',
    required: ['filename'],
    optional: ['preserve-power-state', 'compress', 'metadata', 'excluded-device-types', 'include-snapshots'],
    selects: 'vms',
    help: 'common',
  },
  'vm-recover': { summary: 'Take a VM over from the database of another pool.', required: ['uuid'], optional: ['database:', 'force'] },
  'vm-assert-can-be-recovered': {
    summary: 'Check whether a VM of another pool could be taken over.',
    required: ['uuid'],
    optional: ['database:'],
  },
  'vm-sysprep': {
    summary: 'Give Windows the answers to its first questions.',
    required: ['filename'],
    optional: ['timeout'],
    selects: 'vms',
  },
  'vm-query-services': { summary: 'Show what a VM offers to others.', selects: 'vms', help: 'hidden' },
  'vm-retrieve-wlb-recommendations': { summary: 'Show which hosts suit a VM.', selects: 'vms' },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'vm-import': async () => (await import('../run/vm/import.ts')).run,
  'vm-export': async () => (await import('../run/vm/export.ts')).run,
  'vm-recover': async () => (await import('../run/vm/recover.ts')).recoverVm,
  'vm-assert-can-be-recovered': async () => (await import('../run/vm/recover.ts')).assertVm,
  'vm-sysprep': async () => (await import('../run/vm/sysprep.ts')).run,
  'vm-query-services': async () => (await import('../run/vm/services.ts')).query,
  'vm-retrieve-wlb-recommendations': async () => (await import('../run/pool/balancing.ts')).vmRecommendations,
};
