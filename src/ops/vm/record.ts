// VM records: a new VM's, a clone's, a snapshot's, and what a revert takes back from one.

import { createHash, randomUUID } from 'node:crypto';
import type { Ref } from '../../lib/brand.ts';
import { nullRef } from '../../lib/brand.ts';
import type { RecordOf } from '../../model/index.ts';
import { macFrom } from '../refs.ts';

type VmRecord = RecordOf<'VM'>;

/** Fields that belong to one VM's life and not to its configuration. */
const lifeOf: readonly (keyof VmRecord)[] = [
  'uuid',
  'allowed_operations',
  'current_operations',
  'power_state',
  'suspend_VDI',
  'resident_on',
  'scheduled_to_be_resident_on',
  'memory_target',
  'consoles',
  'VIFs',
  'VBDs',
  'VUSBs',
  'crash_dumps',
  'VTPMs',
  'VGPUs',
  'attached_PCIs',
  'domid',
  'domarch',
  'is_control_domain',
  'is_default_template',
  'metrics',
  'guest_metrics',
  'last_boot_CPU_flags',
  'last_booted_record',
  'is_a_template',
  'is_a_snapshot',
  'snapshot_of',
  'snapshots',
  'snapshot_time',
  'snapshot_info',
  'snapshot_metadata',
  'transportable_snapshot_id',
  'blobs',
  'blocked_operations',
  'parent',
  'children',
  'protection_policy',
  'is_snapshot_from_vmpp',
  'snapshot_schedule',
  'is_vmss_snapshot',
  'appliance',
  'groups',
  'requires_reboot',
  'pending_guidances',
  'pending_guidances_recommended',
  'pending_guidances_full',
];
const lifeFields: ReadonlySet<string> = new Set(lifeOf);

/** What a VM is made of, without what became of it. */
export const configurationOf = (vm: VmRecord): Partial<VmRecord> =>
  Object.fromEntries(Object.entries(vm).filter(([field]) => !lifeFields.has(field))) as Partial<VmRecord>;

/** How the VM itself was called when a snapshot was taken: a snapshot has names of its own. */
const namesIn = (metadata: string): Partial<Pick<VmRecord, 'name_label' | 'name_description'>> => {
  const text = (value: unknown, key: string): string | undefined => {
    const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
    return typeof found === 'string' ? found : undefined;
  };
  const parsed: unknown = metadata.startsWith('{') ? JSON.parse(metadata) : {};
  const label = text(parsed, 'name_label');
  const description = text(parsed, 'name_description');
  return { ...(label === undefined ? {} : { name_label: label }), ...(description === undefined ? {} : { name_description: description }) };
};

/** The configuration that a revert restores. */
export const restorable = (snapshot: VmRecord, original: VmRecord): Partial<VmRecord> => ({
  ...configurationOf(snapshot),
  name_label: original.name_label,
  name_description: original.name_description,
  ...namesIn(snapshot.snapshot_metadata),
});

const cloneConfig = (vm: VmRecord): Readonly<Record<string, string>> => {
  const { default_template: wasDefault, ...rest } = vm.other_config;
  const base = wasDefault === undefined || rest['base_template_name'] !== undefined ? {} : { base_template_name: vm.name_label };
  return { ...base, ...rest, mac_seed: randomUUID() };
};

/** The fields of a clone or copy; its VBDs and VIFs are objects of their own. */
export const clonedVm = (
  vm: VmRecord,
  fields: { readonly uuid: string; readonly name: string; readonly metrics: Ref<'VM_metrics'> },
): Partial<VmRecord> => ({
  ...configurationOf(vm),
  uuid: fields.uuid,
  name_label: fields.name,
  other_config: cloneConfig(vm),
  power_state: 'Halted',
  domid: -1,
  is_a_template: vm.is_a_template && !vm.is_a_snapshot,
  is_default_template: false,
  metrics: fields.metrics,
  parent: nullRef(),
});

export interface SnapshotFields {
  readonly uuid: string;
  readonly name: string;
  readonly time: string;
  readonly metrics: Ref<'VM_metrics'>;
  readonly of: Ref<'VM'>;
  readonly powerState: VmRecord['power_state'];
  readonly suspendVdi: Ref<'VDI'>;
}

/** A snapshot is a template that remembers what it is of. */
export const snapshotVm = (vm: VmRecord, fields: SnapshotFields): Partial<VmRecord> => ({
  ...configurationOf(vm),
  uuid: fields.uuid,
  name_label: fields.name,
  power_state: fields.powerState,
  domid: -1,
  is_a_template: true,
  is_default_template: false,
  is_a_snapshot: true,
  snapshot_of: fields.of,
  snapshot_time: fields.time,
  snapshot_metadata: JSON.stringify({ uuid: vm.uuid, name_label: vm.name_label, name_description: vm.name_description }),
  snapshot_info: { 'disk-snapshot-type': 'crash_consistent', 'power-state-at-snapshot': vm.power_state },
  suspend_VDI: fields.suspendVdi,
  // What memory that is kept was running with.
  ...(fields.powerState === 'Suspended' && { last_boot_CPU_flags: vm.last_boot_CPU_flags }),
  memory_target: fields.powerState === 'Suspended' ? vm.memory_target : 0,
  metrics: fields.metrics,
  parent: vm.parent,
});

/** The same seed and device give the same address, as a re-created interface expects. */
export const macOfSeed = (seed: string, device: string): string => macFrom(createHash('sha256').update(`${seed}/${device}`).digest());
