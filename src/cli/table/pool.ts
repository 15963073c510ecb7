// The pool.

import { bool, choice, constant, int, map, pool, ref, refs, text, type Handlers, type Rows } from './row.ts';

export const rows = {
  'pool-enable-binary-storage': {
    summary: 'Keep binary data in the pool.',
    help: 'hidden',
    call: { message: 'pool.enable_binary_storage', args: [] },
  },
  'pool-disable-binary-storage': {
    summary: 'Remove all binary data from the pool.',
    help: 'hidden',
    call: { message: 'pool.disable_binary_storage', args: [] },
  },
  'pool-designate-new-master': {
    summary: 'Hand the role of the master to another host.',
    required: ['host-uuid'],
    call: { message: 'pool.designate_new_master', args: [ref('host-uuid', 'host')] },
  },
  'pool-management-reconfigure': {
    summary: 'Move the management of all hosts to another network.',
    required: ['network-uuid'],
    call: { message: 'pool.management_reconfigure', args: [ref('network-uuid', 'network')] },
  },
  'pool-sync-database': { summary: 'Copy the database to all hosts now.', call: { message: 'pool.sync_database', args: [] } },
  'pool-recover-slaves': {
    summary: 'Ask the hosts that lost their master to follow this one.',
    call: { message: 'pool.recover_slaves', args: [], prints: { uuidsOf: 'host' } },
  },
  'pool-enable-external-auth': {
    summary: 'Let an external directory log users in, on all hosts.',
    required: ['auth-type', 'service-name'],
    optional: ['uuid', 'config:'],
    call: { message: 'pool.enable_external_auth', args: [pool, map('config'), text('service-name'), text('auth-type')] },
  },
  'pool-disable-external-auth': {
    summary: 'Stop logging users in by an external directory.',
    optional: ['uuid', 'config:'],
    call: { message: 'pool.disable_external_auth', args: [pool, map('config')] },
  },
  'pool-external-auth-set-ldaps': {
    summary: 'Encrypt the connection to the directory, or not.',
    required: ['ldaps'],
    optional: ['uuid', 'force'],
    call: { message: 'pool.external_auth_set_ldaps', args: [pool, bool('ldaps'), bool('force')] },
  },
  'pool-initialize-wlb': {
    summary: 'Connect the pool to a workload balancing server.',
    required: ['wlb_url', 'wlb_username', 'wlb_password', 'xenserver_username', 'xenserver_password'],
    call: {
      message: 'pool.initialize_wlb',
      args: [text('wlb_url'), text('wlb_username'), text('wlb_password'), text('xenserver_username'), text('xenserver_password')],
    },
  },
  'pool-deconfigure-wlb': { summary: 'Disconnect the pool from workload balancing.', call: { message: 'pool.deconfigure_wlb', args: [] } },
  'pool-send-wlb-configuration': {
    summary: 'Change the settings of workload balancing.',
    optional: ['config:'],
    call: { message: 'pool.send_wlb_configuration', args: [map('config')] },
  },
  'pool-retrieve-wlb-configuration': {
    summary: 'Show the settings of workload balancing.',
    call: { message: 'pool.retrieve_wlb_configuration', args: [], prints: 'map' },
  },
  'pool-send-test-post': {
    summary: 'Send a text to a host and show the answer.',
    required: ['dest-host', 'dest-port', 'body'],
    call: { message: 'pool.send_test_post', args: [text('dest-host'), int('dest-port'), text('body')], prints: 'text' },
  },
  'pool-certificate-uninstall': {
    summary: 'Remove a CA certificate from the pool.',
    required: ['name'],
    deprecated: 'Use pool-uninstall-ca-certificate',
    call: { message: 'pool.uninstall_ca_certificate', args: [text('name'), constant(false)] },
  },
  'pool-uninstall-ca-certificate': {
    summary: 'Remove a CA certificate from the pool.',
    required: ['name'],
    optional: ['force'],
    call: { message: 'pool.uninstall_ca_certificate', args: [text('name'), bool('force')] },
  },
  'pool-certificate-list': {
    summary: 'Show the names of the CA certificates.',
    deprecated: 'Use certificate-list type=ca',
    call: { message: 'pool.certificate_list', args: [], prints: 'lines' },
  },
  'pool-crl-uninstall': {
    summary: 'Remove a revocation list.',
    required: ['name'],
    call: { message: 'pool.crl_uninstall', args: [text('name')] },
  },
  'pool-crl-list': { summary: 'Show the names of the revocation lists.', call: { message: 'pool.crl_list', args: [], prints: 'lines' } },
  'pool-certificate-install': {
    summary: 'Install a CA certificate from a file.',
    required: ['filename'],
    deprecated: 'Use pool-install-ca-certificate',
  },
  'pool-install-ca-certificate': { summary: 'Install a CA certificate from a file.', required: ['filename'] },
  'pool-crl-install': { summary: 'Install a revocation list from a file.', required: ['filename'] },
  'pool-certificate-sync': {
    summary: 'Copy certificates and revocation lists to all hosts.',
    call: { message: 'pool.certificate_sync', args: [] },
  },
  'pool-enable-tls-verification': {
    summary: 'Verify certificates between the hosts.',
    call: { message: 'pool.enable_tls_verification', args: [] },
  },
  'pool-enable-client-certificate-auth': {
    summary: 'Let clients log in by certificate.',
    required: ['name'],
    call: { message: 'pool.enable_client_certificate_auth', args: [pool, text('name')] },
  },
  'pool-disable-client-certificate-auth': {
    summary: 'Stop logging clients in by certificate.',
    call: { message: 'pool.disable_client_certificate_auth', args: [pool] },
  },
  'pool-set-vswitch-controller': {
    summary: 'Set the address of the vSwitch controller.',
    required: ['address'],
    help: 'hidden',
    call: { message: 'pool.set_vswitch_controller', args: [text('address')] },
  },
  'pool-secret-rotate': { summary: 'Make a new secret that the hosts share.', call: { message: 'pool.rotate_secret', args: [] } },
  'pool-sync-updates': {
    summary: 'Fetch what the update repositories offer.',
    optional: ['force', 'token', 'token-id', 'username', 'password'],
    call: {
      message: 'pool.sync_updates',
      args: [pool, bool('force'), text('token', ''), text('token-id', ''), text('username', ''), text('password', '')],
      prints: 'text',
    },
  },
  'pool-reset-telemetry-uuid': {
    summary: 'Make a new identity for telemetry.',
    call: { message: 'pool.reset_telemetry_uuid', args: [pool] },
  },
  'pool-get-guest-secureboot-readiness': {
    summary: 'Show whether guests may use Secure Boot.',
    call: { message: 'pool.get_guest_secureboot_readiness', args: [pool], prints: 'text' },
  },
  'pool-enable-local-storage-caching': {
    summary: "Cache shared images on each host's own disk.",
    required: ['uuid'],
    call: { message: 'pool.enable_local_storage_caching', args: [pool] },
  },
  'pool-disable-local-storage-caching': {
    summary: 'Stop caching shared images.',
    required: ['uuid'],
    call: { message: 'pool.disable_local_storage_caching', args: [pool] },
  },
  'pool-configure-repository-proxy': {
    summary: 'Set the proxy for update repositories.',
    required: ['proxy-url'],
    optional: ['proxy-username', 'proxy-password'],
    call: {
      message: 'pool.configure_repository_proxy',
      args: [pool, text('proxy-url'), text('proxy-username', ''), text('proxy-password', '')],
    },
  },
  'pool-disable-repository-proxy': {
    summary: 'Forget the proxy for update repositories.',
    call: { message: 'pool.disable_repository_proxy', args: [pool] },
  },
  'pool-uninstall-trusted-certificate': {
    summary: 'Remove a trusted certificate.',
    required: ['certificate-uuid'],
    optional: ['uuid'],
    call: { message: 'pool.uninstall_trusted_certificate', args: [pool, ref('certificate-uuid', 'Certificate')] },
  },
  'pool-vlan-create': {
    summary: 'Make a VLAN on every host of the pool; with network=NAME-%d many at once, with their networks.',
    required: ['pif-uuid', 'vlan', 'network-uuid'],
    own: ['network', 'if-missing'],
    instead: { 'network-uuid': 'network' },
  },
  'pool-ha-enable': {
    summary: 'Turn high availability on.',
    optional: ['heartbeat-sr-uuids', 'ha-config:'],
    call: { message: 'pool.enable_ha', args: [refs('heartbeat-sr-uuids', 'SR'), map('ha-config')] },
  },
  'pool-ha-disable': { summary: 'Turn high availability off.', call: { message: 'pool.disable_ha', args: [] } },
  'pool-ha-prevent-restarts-for': {
    summary: 'Restart no VM by itself for some seconds.',
    required: ['seconds'],
    help: 'hidden',
    call: { message: 'pool.ha_prevent_restarts_for', args: [int('seconds')] },
  },
  'pool-ha-compute-max-host-failures-to-tolerate': {
    summary: 'Show how many hosts may fail.',
    call: { message: 'pool.ha_compute_max_host_failures_to_tolerate', args: [], prints: 'text' },
  },
  'pool-enable-redo-log': {
    summary: 'Keep a redo log of the database on an SR.',
    required: ['sr-uuid'],
    call: { message: 'pool.enable_redo_log', args: [ref('sr-uuid', 'SR')] },
  },
  'pool-disable-redo-log': { summary: 'Stop the redo log.', call: { message: 'pool.disable_redo_log', args: [] } },
  'pool-configure-update-sync': {
    summary: 'Set when updates are looked for.',
    required: ['update-sync-frequency', 'update-sync-day'],
    call: {
      message: 'pool.configure_update_sync',
      args: [pool, choice('update-sync-frequency', ['daily', 'weekly']), int('update-sync-day')],
    },
  },
  'pool-set-update-sync-enabled': {
    summary: 'Look for updates regularly, or not.',
    required: ['value'],
    call: { message: 'pool.set_update_sync_enabled', args: [pool, bool('value')] },
  },
  'pool-enable-ssh': { summary: 'Start the SSH service of all hosts.', call: { message: 'pool.enable_ssh', args: [pool] } },
  'pool-disable-ssh': { summary: 'Stop the SSH service of all hosts.', call: { message: 'pool.disable_ssh', args: [pool] } },
  'pool-get-cpu-features': { summary: 'Show the CPU features that all hosts have.' },
} as const satisfies Rows;

export const handlers: Handlers<typeof rows> = {
  'pool-certificate-install': async () => (await import('../run/pool/certificates.ts')).installCa,
  'pool-install-ca-certificate': async () => (await import('../run/pool/certificates.ts')).installCa,
  'pool-crl-install': async () => (await import('../run/pool/certificates.ts')).installCrl,
  'pool-vlan-create': async () => (await import('../run/network/vlan.ts')).createOnAllHosts,
  'pool-get-cpu-features': async () => (await import('../run/host/cpu.ts')).poolFeatures,
};
