// What is wrong, and what the agent does all day.

import { selected, type Handlers, type Rows } from './row.ts';

export const rows = {
  'diagnostic-vdi-status': { summary: 'Show who uses a disk.', required: ['uuid'] },
  'diagnostic-vm-status': { summary: 'Check whether a VM could start, and where.', required: ['uuid'], help: 'common' },
  'diagnostic-license-status': { summary: 'Show the licences of the hosts.' },
  'diagnostic-compact': {
    summary: 'Make the agent give memory back.',
    selects: 'hosts',
    call: { message: 'Diagnostics.gc_compact', args: [selected] },
  },
  'diagnostic-gc-stats': { summary: "Show the memory of a host's agent.", selects: 'hosts' },
  'diagnostic-timing-stats': { summary: 'Show how long things take on each host.' },
  'diagnostic-db-stats': { summary: 'Show how long the database is waited for.' },
  'diagnostic-net-stats': {
    summary: 'Show the requests that a host answered.',
    optional: ['uri', 'method', 'params'],
    selects: 'hosts',
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'diagnostic-vdi-status': async () => (await import('../run/diagnostic/vdi.ts')).status,
  'diagnostic-vm-status': async () => (await import('../run/diagnostic/vm.ts')).status,
  'diagnostic-license-status': async () => (await import('../run/diagnostic/licenses.ts')).status,
  'diagnostic-gc-stats': async () => (await import('../run/diagnostic/agent.ts')).memory,
  'diagnostic-timing-stats': async () => (await import('../run/diagnostic/agent.ts')).timing,
  'diagnostic-db-stats': async () => (await import('../run/diagnostic/agent.ts')).database,
  'diagnostic-net-stats': async () => (await import('../run/diagnostic/agent.ts')).network,
};
