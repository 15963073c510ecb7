// Which calls stand apart when they come in.

/** The only calls that are answered while the host has no pool to ask. */
export const emergencyCalls: ReadonlySet<string> = new Set([
  'pool.emergency_reset_master',
  'pool.emergency_transition_to_master',
  'pool.is_slave',
  'session.slave_local_login',
  'session.slave_local_login_with_password',
  'session.local_logout',
  'host.propose_new_master',
  'host.commit_new_master',
  'host.abort_new_master',
  'host.local_assert_healthy',
  'host.signal_networking_change',
  'host.local_management_reconfigure',
  'host.ha_xapi_healthcheck',
  'host.emergency_ha_disable',
  'host.management_disable',
  'host.get_system_status_capabilities',
  'host.is_in_emergency_mode',
  'host.shutdown_agent',
  'host.emergency_reset_server_certificate',
  'host.emergency_disable_tls_verification',
  'host.emergency_reenable_tls_verification',
  'host.emergency_clear_mandatory_guidance',
  'host.update_firewalld_service_status',
]);

/** Classes whose calls never make a task of their own. */
export const noTaskForClasses: ReadonlySet<string> = new Set(['task', 'event']);
