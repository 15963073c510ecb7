// The care of hosts: backups, logs, licences, certificates, updates.

import { type Handlers, type Rows } from './row.ts';

export const rows = {
  'host-backup': { summary: "Save a host's system.", required: ['file-name'], selects: 'hosts' },
  'host-restore': { summary: "Put a saved system in place of the host's.", required: ['file-name'], selects: 'hosts' },
  'host-logs-download': { summary: 'Save the logs of a host.', optional: ['file-name'], selects: 'hosts' },
  'host-get-system-status': {
    summary: 'Save a report of a host for the support.',
    required: ['filename'],
    optional: ['entries', 'output'],
    selects: 'hosts',
  },
  'host-retrieve-wlb-evacuate-recommendations': {
    summary: "Show where a host's VMs should go.",
    required: ['uuid'],
    help: 'hidden',
  },
  'host-apply-updates': { summary: 'Install the updates that were offered.', required: ['hash'], selects: 'hosts' },
  'host-license-add': { summary: 'Give a host a licence from a file.', required: ['license-file'], optional: ['host-uuid'] },
  'host-license-view': { summary: "Show a host's licence.", optional: ['host-uuid'] },
  'host-apply-edition': {
    summary: 'Give a host an edition.',
    required: ['edition'],
    optional: ['host-uuid', 'license-server-address', 'license-server-port'],
  },
  'host-ha-xapi-healthcheck': { summary: 'Check whether the agent answers.', help: 'hidden', local: true },
  'host-server-certificate-install': {
    summary: 'Give a host a certificate from files.',
    required: ['certificate', 'private-key'],
    optional: ['certificate-chain'],
    selects: 'hosts',
  },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'host-backup': async () => (await import('../run/host/files.ts')).backup,
  'host-restore': async () => (await import('../run/host/files.ts')).restore,
  'host-logs-download': async () => (await import('../run/host/files.ts')).logs,
  'host-get-system-status': async () => (await import('../run/host/files.ts')).systemStatus,
  'host-retrieve-wlb-evacuate-recommendations': async () => (await import('../run/pool/balancing.ts')).evacuation,
  'host-apply-updates': async () => (await import('../run/host/updates.ts')).apply,
  'host-license-add': async () => (await import('../run/host/edition.ts')).addLicense,
  'host-license-view': async () => (await import('../run/host/edition.ts')).viewLicense,
  'host-apply-edition': async () => (await import('../run/host/edition.ts')).applyToHost,
  'host-ha-xapi-healthcheck': async () => (await import('../run/host/updates.ts')).healthcheck,
  'host-server-certificate-install': async () => (await import('../run/host/certificate.ts')).install,
};
