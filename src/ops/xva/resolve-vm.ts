// The VMs of a document: new ones with identities of their own, or the same ones come back (`restore`), which take the place of those that
// are still here if they are newer. Pure.

import { isNullRef, nullRef, type Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { ClassName, RecordOf } from '../../model/index.ts';
import type { CommitBuilder } from '../commit.ts';
import { freshRef, freshUuid } from '../refs.ts';
import { assertMemoryOrder, assertVcpus } from '../vm/limits.ts';
import { configurationOf } from '../vm/record.ts';
import { badPowerState } from '../vm/states.ts';
import { objectsOf, type XvaDocument, type XvaObject } from './objects.ts';

export interface RestoreOptions {
  /** As a backup: uuids and MAC addresses stay. */
  readonly restore: boolean;
  /** Goes on where something stands against it that can be left out. */
  readonly force: boolean;
  /** Where the disks of the file go; undefined: the document alone, whose disks have to be here. */
  readonly sr: Ref<'SR'> | undefined;
}

export interface ImportedVm {
  readonly ref: Ref<'VM'>;
  readonly isSnapshot: boolean;
  readonly isSuspended: boolean;
  readonly macSeed: string;
  readonly replaces: Ref<'VM'> | undefined;
}

type Replaced = { readonly cls: ClassName; readonly ref: Ref<ClassName> };

const isDefaultTemplate = (vm: RecordOf<'VM'>): boolean =>
  vm.is_a_template && (vm.is_default_template || vm.other_config['default_template'] === 'true');

/** Throws if two VMs would make the same MAC addresses. */
const assertSeed = (db: Reader, seed: string | undefined, replaces: Ref<'VM'> | undefined): void => {
  if (seed === undefined) return;
  for (const [ref, vm] of db.all('VM'))
    if (ref !== replaces && vm.other_config['mac_seed'] === seed) throw new XenError('DUPLICATE_VM', [ref]);
};

/** The VM that an import takes the place of; `keep`: it stays, and that of the document is left out. */
const placeOf = (
  db: Reader,
  vm: RecordOf<'VM'>,
  { restore, force, sr }: RestoreOptions,
): { readonly replaces?: Ref<'VM'>; readonly keep?: true } => {
  const existing = restore ? db.byUuid('VM', vm.uuid) : undefined;
  if (existing === undefined) return {};
  const now = db.need('VM', existing);
  if (now.power_state !== 'Halted') {
    const { code, params } = badPowerState(existing, ['Halted'], now.power_state);
    // One of many can be left out; a file with its disks is for one.
    if (force && sr === undefined) return { keep: true };
    throw new XenError(code, params);
  }
  if (now.version >= vm.version && !force)
    throw new XenError('VM_TO_IMPORT_IS_NOT_NEWER_VERSION', [existing, String(now.version), String(vm.version)]);
  return { replaces: existing };
};

/** What goes with a VM that is replaced; its disks stay. */
const belongings = (db: Reader, ref: Ref<'VM'>): readonly Replaced[] => {
  const vm = db.need('VM', ref);
  const of = <C extends ClassName>(cls: C, refs: Iterable<Ref<C>>): readonly Replaced[] => [...refs].map(each => ({ cls, ref: each }));
  return [
    ...of('VBD', vm.VBDs),
    ...of('VIF', vm.VIFs),
    ...of('console', vm.consoles),
    ...of('VM_metrics', [vm.metrics]),
    ...of('VM_guest_metrics', [vm.guest_metrics]),
    ...of('VM', [ref]),
  ];
};

/** Before there was dynamic memory a VM had one size. */
const memoryOf = ({ record, told }: XvaObject<'VM'>): Partial<RecordOf<'VM'>> =>
  told.has('parent') ? {} : { memory_dynamic_min: record.memory_static_max, memory_dynamic_max: record.memory_static_max };

const bootKind = ({ record, told }: XvaObject<'VM'>): RecordOf<'VM'>['domain_type'] => {
  if (told.has('domain_type') && record.domain_type !== 'unspecified') return record.domain_type;
  return record.HVM_boot_policy === '' ? 'pv' : 'hvm';
};

const configured = (
  object: XvaObject<'VM'>,
  options: RestoreOptions,
): { readonly fields: Partial<RecordOf<'VM'>>; readonly macSeed: string } => {
  const { record } = object;
  const { grant_api_access: _granted, import_task: _task, mac_seed: seed, ...config } = record.other_config;
  const macSeed = options.restore && seed !== undefined ? seed : freshUuid();
  const fields = {
    ...configurationOf(record),
    ...memoryOf(object),
    uuid: options.restore ? record.uuid : freshUuid(),
    // It tells how often a VM was restored.
    version: options.restore ? record.version + 1 : 0,
    other_config: { ...config, mac_seed: macSeed },
    domain_type: bootKind(object),
    domid: -1,
  };
  const whole = { ...record, ...fields };
  assertMemoryOrder(whole);
  assertVcpus(whole.VCPUs_at_startup, whole.VCPUs_max, whole.VCPUs_at_startup);
  return { fields, macSeed };
};

interface Made {
  readonly commit: CommitBuilder;
  readonly vdis: ReadonlyMap<string, Ref<'VDI'>>;
}

/** By their ids in the document. */
export const importedVms = (
  db: Reader,
  document: XvaDocument,
  options: RestoreOptions,
  { commit, vdis }: Made,
): { readonly vms: ReadonlyMap<string, ImportedVm>; readonly replaced: readonly Replaced[] } => {
  const vms = new Map<string, ImportedVm>();
  const replaced: Replaced[] = [];
  const chosen = objectsOf(document, 'VM').flatMap(object => {
    if (isDefaultTemplate(object.record)) return [];
    const { replaces, keep } = placeOf(db, object.record, options);
    if (keep) return [];
    if (options.restore) assertSeed(db, object.record.other_config['mac_seed'], replaces);
    if (replaces !== undefined) replaced.push(...belongings(db, replaces));
    return [{ object, replaces, ref: freshRef<'VM'>() }];
  });
  const refs = new Map(chosen.map(({ object, ref }) => [object.id, ref]));
  const hosts = new Map(objectsOf(document, 'host').map(({ id, record }) => [id, db.byUuid('host', record.uuid)]));
  const metrics = new Map(objectsOf(document, 'VM_guest_metrics').map(({ id, record }) => [id, record]));
  for (const { object, ref, replaces } of chosen) {
    const { record, id } = object;
    const { fields, macSeed } = configured(object, options);
    const image = vdis.get(record.suspend_VDI);
    if (record.power_state === 'Suspended' && image === undefined && !options.force)
      throw new XenError('IMPORT_ERROR_FAILED_TO_FIND_OBJECT', [record.suspend_VDI]);
    const isSuspended = record.power_state === 'Suspended' && image !== undefined;
    const guest = metrics.get(record.guest_metrics);
    const of = refs.get(record.snapshot_of);
    const isSnapshot = record.is_a_snapshot;
    commit.insert('VM', ref, {
      ...fields,
      metrics: commit.insert('VM_metrics', freshRef<'VM_metrics'>(), {}),
      guest_metrics:
        guest === undefined ? nullRef() : commit.insert('VM_guest_metrics', freshRef<'VM_guest_metrics'>(), guestMetrics(guest)),
      power_state: isSuspended ? 'Suspended' : 'Halted',
      suspend_VDI: (isSuspended && image) || nullRef(),
      ...(isSuspended && { last_boot_CPU_flags: record.last_boot_CPU_flags }),
      suspend_SR: db.get('SR', record.suspend_SR) === undefined ? nullRef() : record.suspend_SR,
      affinity: hosts.get(record.affinity) ?? nullRef(),
      is_a_template: record.is_a_template,
      is_default_template: false,
      is_a_snapshot: isSnapshot,
      ...(isSnapshot && {
        snapshot_time: record.snapshot_time,
        snapshot_info: record.snapshot_info,
        snapshot_metadata: record.snapshot_metadata,
      }),
      ...(of !== undefined && { snapshot_of: of }),
      parent: refs.get(record.parent) ?? nullRef(),
    });
    vms.set(id, { ref, isSnapshot, isSuspended, macSeed, replaces });
  }
  return { vms, replaced: replaced.filter(({ ref }) => !isNullRef(ref)) };
};

/** What the guest last said of itself. */
const guestMetrics = (record: RecordOf<'VM_guest_metrics'>): Partial<RecordOf<'VM_guest_metrics'>> => ({
  ...record,
  uuid: freshUuid(),
  live: false,
});
