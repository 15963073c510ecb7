// Values of enumerations as the command line shows and takes them, where that is not the API's own text.

/** Text shown for a value. A value that is not here is shown as it is. */
export const enumTexts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  allocation_algorithm: { depth_first: 'depth-first', breadth_first: 'breadth-first' },
  domain_type: { pv_in_pvh: 'pv-in-pvh' },
  host_operation: { vm_start: 'VM.start', vm_resume: 'VM.resume', vm_migrate: 'VM.migrate' },
  on_crash_behaviour: {
    destroy: 'Destroy',
    coredump_and_destroy: 'Core dump and destroy',
    restart: 'Restart',
    coredump_and_restart: 'Core dump and restart',
    preserve: 'Preserve',
    rename_restart: 'Rename restart',
  },
  on_normal_exit: { destroy: 'Destroy', restart: 'Restart' },
  on_softreboot_behaviour: {
    destroy: 'Destroy',
    restart: 'Restart',
    preserve: 'Preserve',
    soft_reboot: 'Soft reboot',
  },
  protocol: { vt100: 'VT100', rfb: 'RFB', rdp: 'RDP' },
  pvs_proxy_status: { incompatible_write_cache_mode: 'incompatible-write-cache-mode', incompatible_protocol_version: 'incompatible-protocol-version' },
  sr_operation: {
    vdi_create: 'VDI.create',
    vdi_introduce: 'VDI.introduce',
    vdi_destroy: 'VDI.destroy',
    vdi_resize: 'VDI.resize',
    vdi_clone: 'VDI.clone',
    vdi_snapshot: 'VDI.snapshot',
    vdi_mirror: 'VDI.mirror',
    vdi_enable_cbt: 'VDI.enable_cbt',
    vdi_disable_cbt: 'VDI.disable_cbt',
    vdi_set_on_boot: 'VDI.set_on_boot',
    vdi_data_destroy: 'VDI.data_destroy',
    vdi_list_changed_blocks: 'VDI.list_changed_blocks',
    vdi_blocked: 'VDI.blocked',
    vdi_copy: 'VDI.copy',
    vdi_force_unlock: 'VDI.force_unlock',
    vdi_forget: 'VDI.forget',
    vdi_generate_config: 'VDI.generate_config',
    vdi_resize_online: 'VDI.resize_online',
    vdi_update: 'VDI.update',
    vdi_revert: 'VDI.revert',
    pbd_create: 'PBD.create',
    pbd_destroy: 'PBD.destroy',
  },
  task_allowed_operations: { cancel: 'Cancel', destroy: 'Destroy' },
  tristate: { yes: 'true', no: 'false' },
  vbd_mode: { RO: 'ro', RW: 'rw' },
  vdi_type: {
    system: 'System',
    user: 'User',
    ephemeral: 'Ephemeral',
    suspend: 'Suspend',
    crashdump: 'Crashdump',
    ha_statefile: 'HA statefile',
    metadata: 'Metadata',
    redo_log: 'Redo log',
    pvs_cache: 'PVS cache',
    cbt_metadata: 'CBT metadata',
  },
  vm_operation: {
    create_template: '(unknown operation)',
    query_services: '(unknown operation)',
    changing_memory_limits: '(unknown operation)',
    changing_VCPUs: '(unknown operation)',
    assert_operation_valid: 'assertoperationvalid',
    data_source_op: 'data_sources_op',
  },
  vm_placement_policy: { anti_affinity: 'anti-affinity' },
};

/** What may be given for an enumeration, in the order in which an error names it. */
export const enumChoices: Readonly<Record<string, readonly string[]>> = {
  network_default_locking_mode: ['unlocked', 'disabled'],
  on_crash_behaviour: ['destroy', 'coredump_and_destroy', 'restart', 'coredump_and_restart', 'preserve', 'rename_restart'],
  on_softreboot_behavior: ['soft_reboot', 'destroy', 'restart', 'preserve'],
  on_normal_exit: ['destroy', 'restart'],
  vmss_type: ['snapshot', 'checkpoint', 'snapshot_with_quiesce'],
  vmss_frequency: ['hourly', 'daily', 'weekly'],
  on_boot: ['reset', 'persist'],
  vbd_mode: ['RO', 'RW'],
  vbd_type: ['CD', 'Disk', 'Floppy'],
  network_purpose: ['nbd', 'insecure_nbd'],
  host_numa_affinity_policy: ['any', 'best_effort', 'default_policy'],
  vif_locking_mode: ['network_default', 'locked', 'unlocked', 'disabled'],
  host_ntp_mode: ['DHCP', 'Custom', 'Factory', 'Disabled'],
  vm_operation: ['snapshot', 'clone', 'copy', 'create_template', 'revert', 'checkpoint', 'snapshot_with_quiesce', 'provision', 'start', 'start_on', 'pause', 'unpause', 'clean_shutdown', 'clean_reboot', 'hard_shutdown', 'power_state_reset', 'hard_reboot', 'suspend', 'csvm', 'resume', 'resume_on', 'pool_migrate', 'migrate_send', 'get_boot_record', 'send_sysrq', 'send_trigger', 'query_services', 'shutdown', 'call_plugin', 'changing_memory_live', 'awaiting_memory_live', 'changing_dynamic_range', 'changing_static_range', 'changing_memory_limits', 'changing_shadow_memory', 'changing_shadow_memory_live', 'changing_VCPUs', 'changing_VCPUs_live', 'changing_NVRAM', 'assert_operation_valid', 'data_source_op', 'update_allowed_operations', 'make_into_template', 'import', 'export', 'metadata_export', 'reverting', 'destroy', 'create_vtpm', 'sysprep'],
  allocation_algorithm: ['breadth-first', 'depth-first'],
  domain_type: ['hvm', 'pv', 'pv-in-pvh', 'pvh'],
  bond_mode: ['', 'active-backup', 'balance-slb', 'lacp'],
  vm_placement_policy: ['anti-affinity', 'normal'],
};

/** The text shown for a value. */
export const enumText = (name: string, value: string): string => enumTexts[name]?.[value] ?? value;

/** The API's value for one of the choices. */
export const enumValue = (name: string, choice: string): string => {
  const texts = enumTexts[name] ?? {};
  const shown = Object.entries(texts).find(([, text]) => text === choice);
  return shown?.[0] ?? choice;
};
