// The pool's database, licences, plans for failures, workload balancing.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'pool-dump-database': { summary: 'Save the database of the pool.', required: ['file-name'] },
  'pool-restore-database': {
    summary: 'Put a saved database in place of that of the pool.',
    required: ['file-name'],
    optional: ['dry-run'],
  },
  'pool-sync-bundle': { summary: 'Send a bundle of updates to the pool.', required: ['filename'] },
  'pool-retrieve-wlb-recommendations': { summary: 'Show where VMs would run better.' },
  'pool-retrieve-wlb-report': { summary: 'Save a report of workload balancing.', required: ['report'], optional: ['filename'] },
  'pool-retrieve-wlb-diagnostics': { summary: 'Save the log of workload balancing.', optional: ['filename'] },
  'pool-disable-ssl-legacy': {
    summary: 'Nothing is left to disable.',
    optional: ['uuid'],
    deprecated: 'Legacy SSL no longer supported',
  },
  'pool-apply-edition': {
    summary: 'Give all hosts an edition.',
    required: ['edition'],
    optional: ['uuid', 'license-server-address', 'license-server-port'],
  },
  'pool-install-trusted-certificate': {
    summary: 'Trust a certificate, or those that a CA signs.',
    required: ['filename', 'ca'],
    optional: ['uuid', 'purpose'],
  },
  'pool-ha-compute-hypothetical-max-host-failures-to-tolerate': {
    summary: 'Show how many hosts might fail, were VMs protected in another way.',
    optional: ['vm-uuid', 'restart-priority'],
  },
  'pool-ha-compute-vm-failover-plan': {
    summary: 'Show where VMs would start if hosts failed.',
    required: ['host-uuids'],
    help: 'hidden',
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'pool-dump-database': async () => (await import('../run/pool/files.ts')).dumpDatabase,
  'pool-restore-database': async () => (await import('../run/pool/files.ts')).restoreDatabase,
  'pool-sync-bundle': async () => (await import('../run/pool/files.ts')).syncBundle,
  'pool-retrieve-wlb-recommendations': async () => (await import('../run/pool/balancing.ts')).poolRecommendations,
  'pool-retrieve-wlb-report': async () => (await import('../run/pool/files.ts')).balancingReport,
  'pool-retrieve-wlb-diagnostics': async () => (await import('../run/pool/files.ts')).balancingDiagnostics,
  'pool-disable-ssl-legacy': async () => (await import('../run/pool/failures.ts')).nothingLeft,
  'pool-apply-edition': async () => (await import('../run/host/edition.ts')).applyToPool,
  'pool-install-trusted-certificate': async () => (await import('../run/pool/certificates.ts')).installTrusted,
  'pool-ha-compute-hypothetical-max-host-failures-to-tolerate': async () => (await import('../run/pool/failures.ts')).hypothetical,
  'pool-ha-compute-vm-failover-plan': async () => (await import('../run/pool/failures.ts')).failoverPlan,
};
