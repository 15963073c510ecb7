// Which operation a VM admits: one table of states × operations, and the checks above it, in the order in which clients of
// XenAPI know the answers: blocked, power state, other operation, template, snapshot, control domain.
// Pure; `refusal` serves both the admission of a call (`admit.ts`) and the list `allowed_operations`.

import type { EnumValue, RecordOf } from '../../model/index.ts';

export type VmOperation = EnumValue<'vm_operations'>;
export type PowerState = EnumValue<'vm_power_state'>;

const every: readonly PowerState[] = ['Halted', 'Paused', 'Suspended', 'Running'];
const halted: readonly PowerState[] = ['Halted'];
const running: readonly PowerState[] = ['Running'];
const suspended: readonly PowerState[] = ['Suspended'];
const atRest: readonly PowerState[] = ['Halted', 'Suspended'];
const live: readonly PowerState[] = ['Paused', 'Suspended', 'Running'];

/** The power states in which an operation makes sense; the order is the one errors name them in. */
export const powerStates: { readonly [Op in VmOperation]: readonly PowerState[] } = {
  snapshot: every,
  clone: halted,
  copy: halted,
  create_template: halted,
  revert: every,
  checkpoint: live,
  snapshot_with_quiesce: running,
  provision: halted,
  start: halted,
  start_on: halted,
  pause: running,
  unpause: ['Paused'],
  clean_shutdown: running,
  clean_reboot: running,
  hard_shutdown: live,
  power_state_reset: every,
  hard_reboot: ['Paused', 'Running'],
  suspend: running,
  csvm: suspended,
  resume: suspended,
  resume_on: suspended,
  pool_migrate: running,
  migrate_send: ['Halted', 'Suspended', 'Running'],
  get_boot_record: every,
  send_sysrq: running,
  send_trigger: running,
  query_services: running,
  shutdown: every,
  call_plugin: running,
  changing_memory_live: running,
  awaiting_memory_live: running,
  changing_dynamic_range: ['Halted', 'Running'],
  changing_static_range: halted,
  changing_memory_limits: halted,
  changing_shadow_memory: halted,
  changing_shadow_memory_live: running,
  changing_VCPUs: halted,
  changing_VCPUs_live: running,
  changing_NVRAM: halted,
  assert_operation_valid: every,
  data_source_op: running,
  update_allowed_operations: every,
  make_into_template: halted,
  import: every,
  export: atRest,
  metadata_export: every,
  reverting: every,
  destroy: atRest,
  create_vtpm: halted,
  sysprep: running,
};

/** The operations that `allowed_operations` speaks of, in the order it lists them. */
export const listedOperations: readonly VmOperation[] = [
  'create_vtpm',
  'sysprep',
  'destroy',
  'metadata_export',
  'export',
  'make_into_template',
  'changing_NVRAM',
  'changing_VCPUs_live',
  'changing_shadow_memory',
  'changing_static_range',
  'changing_dynamic_range',
  'migrate_send',
  'pool_migrate',
  'resume_on',
  'resume',
  'suspend',
  'hard_reboot',
  'hard_shutdown',
  'clean_reboot',
  'clean_shutdown',
  'unpause',
  'pause',
  'provision',
  'start_on',
  'start',
  'revert',
  'checkpoint',
  'copy',
  'clone',
  'snapshot',
];

const templateOperations: ReadonlySet<VmOperation> = new Set<VmOperation>([
  'changing_dynamic_range',
  'changing_static_range',
  'changing_memory_limits',
  'changing_shadow_memory',
  'changing_VCPUs',
  'changing_NVRAM',
  'clone',
  'copy',
  'export',
  'metadata_export',
  'provision',
]);
/** What else may be done with a template that a user made. */
const ownTemplateOperations: ReadonlySet<VmOperation> = new Set<VmOperation>(['destroy', 'migrate_send']);

const snapshotOperations: ReadonlySet<VmOperation> = new Set<VmOperation>([
  'revert',
  'clone',
  'copy',
  'create_template',
  'export',
  'destroy',
  'hard_shutdown',
  'metadata_export',
  'power_state_reset',
]);

const controlDomainOperations: ReadonlySet<VmOperation> = new Set<VmOperation>([
  'changing_dynamic_range',
  'changing_static_range',
  'metadata_export',
]);

/** Any number of these may run at once: they only read the disks and the record. */
const readers: ReadonlySet<VmOperation> = new Set<VmOperation>(['clone', 'copy', 'export', 'metadata_export', 'get_boot_record']);
/** A forced stop does not wait for what asks the guest politely. */
const overruled: ReadonlySet<VmOperation> = new Set<VmOperation>([
  'clean_shutdown',
  'clean_reboot',
  'changing_memory_live',
  'awaiting_memory_live',
]);

export type VmView = Pick<
  RecordOf<'VM'>,
  | 'power_state'
  | 'current_operations'
  | 'blocked_operations'
  | 'is_a_template'
  | 'is_default_template'
  | 'is_a_snapshot'
  | 'is_control_domain'
  | 'other_config'
>;

export interface Refusal {
  readonly code: string;
  readonly params: readonly string[];
}

export const statesFor = (vm: Pick<VmView, 'is_a_snapshot'>, op: VmOperation): readonly PowerState[] =>
  vm.is_a_snapshot && (op === 'clone' || op === 'copy') ? atRest : powerStates[op];

const concurrently = (op: VmOperation, others: readonly VmOperation[]): boolean => {
  if (op === 'metadata_export') return true;
  if (op === 'hard_shutdown' || op === 'hard_reboot') return others.every(other => overruled.has(other) || other === 'metadata_export');
  return others.every(other => other === 'metadata_export' || (readers.has(op) && readers.has(other)));
};

export const badPowerState = (vmRef: string, expected: readonly PowerState[], actual: PowerState): Refusal => ({
  code: 'VM_BAD_POWER_STATE',
  params: [vmRef, expected.join(', ').toLowerCase(), actual.toLowerCase()],
});

const isDefaultTemplate = (vm: VmView): boolean => vm.is_default_template || vm.other_config['default_template'] === 'true';

const ofKind = (vmRef: string, vm: VmView, op: VmOperation): Refusal | undefined => {
  if (vm.is_a_template && !vm.is_a_snapshot) {
    const fine = templateOperations.has(op) || (ownTemplateOperations.has(op) && !isDefaultTemplate(vm));
    return fine ? undefined : { code: 'VM_IS_TEMPLATE', params: [vmRef, op] };
  }
  if (vm.is_a_snapshot) return snapshotOperations.has(op) ? undefined : { code: 'VM_IS_SNAPSHOT', params: [vmRef, op] };
  if (op === 'provision') return { code: 'PROVISION_ONLY_ALLOWED_ON_TEMPLATE', params: [] };
  if (op === 'revert') return { code: 'REVERT_ONLY_ALLOWED_ON_SNAPSHOT', params: [] };
  if (vm.is_control_domain && !controlDomainOperations.has(op)) {
    return { code: 'OPERATION_NOT_ALLOWED', params: ['This operation is not allowed on a control domain'] };
  }
  return undefined;
};

/** Why `op` is refused now, or nothing. */
export const refusal = (vmRef: string, vm: VmView, op: VmOperation): Refusal | undefined => {
  const blocked = vm.blocked_operations[op];
  if (blocked !== undefined) return { code: 'OPERATION_BLOCKED', params: [vmRef, blocked] };
  const expected = statesFor(vm, op);
  const dom0Memory = vm.is_control_domain && (op === 'changing_static_range' || op === 'changing_dynamic_range');
  if (!expected.includes(vm.power_state) && !dom0Memory) return badPowerState(vmRef, expected, vm.power_state);
  const current = Object.entries(vm.current_operations);
  const other = current[0];
  if (
    other !== undefined &&
    !concurrently(
      op,
      current.map(([, running]) => running),
    )
  ) {
    return { code: 'OTHER_OPERATION_IN_PROGRESS', params: ['VM', vmRef, other[1], other[0]] };
  }
  return ofKind(vmRef, vm, op);
};

/** `allowed_operations` of a VM. */
export const allowedOperations = (vm: VmView): readonly VmOperation[] => listedOperations.filter(op => refusal('', vm, op) === undefined);
