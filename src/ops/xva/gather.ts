// Which objects an export of VMs describes, and how their records look outside: references between them are names of the document, all
// others null; what belongs to one host's moment (operations, consoles, metrics) is left out. Pure.

import { isNullRef, NULL_REF_TEXT, type Ref } from '../../lib/brand.ts';
import type { Reader } from '../../db/db.ts';
import { type ClassName, classes, EPOCH, fieldDefaults, type RecordOf, type Type } from '../../model/index.ts';
import type { WrittenObject } from './objects.ts';

export interface GatherOptions {
  /** Whether a suspended VM stays one. */
  readonly preservePowerState: boolean;
  /** Snapshots come too, as snapshots of their VM; otherwise a VM that is one goes as a template of its own. */
  readonly withSnapshots: boolean;
  /** `vif`, `vbd`: devices of the kind stay out. */
  readonly without: ReadonlySet<string>;
}

export interface Gathered {
  readonly objects: readonly WrittenObject[];
  readonly idOf: (ref: string) => string | undefined;
}

type Exported = 'host' | 'VM' | 'VM_guest_metrics' | 'VBD' | 'VIF' | 'network' | 'VDI' | 'SR';
const order: readonly Exported[] = ['host', 'VM', 'VM_guest_metrics', 'VBD', 'VIF', 'network', 'VDI', 'SR'];

class Table {
  readonly db: Reader;
  readonly #ids = new Map<string, { readonly cls: Exported; readonly id: string }>();

  constructor(db: Reader) {
    this.db = db;
  }

  /** The record of an object that is new to the table. */
  add<C extends Exported>(cls: C, ref: Ref<C>): RecordOf<C> | undefined {
    const record = isNullRef(ref) || this.#ids.has(ref) ? undefined : this.db.get(cls, ref);
    if (record !== undefined) this.#ids.set(ref, { cls, id: `Ref:${this.#ids.size}` });
    return record;
  }

  idOf(ref: string): string | undefined {
    return this.#ids.get(ref)?.id;
  }

  *of<C extends Exported>(cls: C): Generator<readonly [string, RecordOf<C>]> {
    for (const [ref, entry] of this.#ids) if (entry.cls === cls) yield [entry.id, this.db.need(cls, ref as Ref<C>)];
  }
}

const addDisk = (table: Table, ref: Ref<'VDI'>): void => {
  const vdi = table.add('VDI', ref);
  if (vdi) table.add('SR', vdi.SR);
};

const addVm = (table: Table, ref: Ref<'VM'>, options: GatherOptions): void => {
  const vm = table.add('VM', ref);
  if (!vm) return;
  for (const vif of options.without.has('vif') ? [] : vm.VIFs) {
    const record = table.add('VIF', vif);
    if (record) table.add('network', record.network);
  }
  for (const vbd of options.without.has('vbd') ? [] : vm.VBDs) {
    const record = table.add('VBD', vbd);
    if (record && !record.empty) addDisk(table, record.VDI);
  }
  if (options.withSnapshots) for (const snapshot of vm.snapshots) addVm(table, snapshot, { ...options, withSnapshots: false });
  if (options.preservePowerState && vm.power_state === 'Suspended') addDisk(table, vm.suspend_VDI);
  table.add('VM_guest_metrics', vm.guest_metrics);
  for (const host of [vm.resident_on, vm.affinity]) table.add('host', host);
  if (options.withSnapshots) addVm(table, vm.parent, { ...options, withSnapshots: false });
};

/** The value with every reference put as the document knows it. */
const outside = (type: Type, value: unknown, idOf: (ref: string) => string): unknown => {
  switch (type.kind) {
    case 'ref':
      return typeof value === 'string' ? idOf(value) : NULL_REF_TEXT;
    case 'set':
      return Array.isArray(value) ? value.map(item => outside(type.of, item, idOf)).filter(item => item !== NULL_REF_TEXT) : [];
    case 'map':
      // Maps of references tell of other objects (blobs, operations by task), none of which is here.
      return type.key.kind === 'ref' || type.value.kind === 'ref' ? {} : value;
    default:
      return value;
  }
};

const fieldsOutside = <C extends ClassName>(cls: C, record: RecordOf<C>, idOf: (ref: string) => string): RecordOf<C> => {
  const fields = Object.entries(record).map(([name, value]) => {
    const field = classes[cls].fields.get(name);
    return [name, field === undefined ? value : outside(field.type, value, idOf)];
  });
  return { ...record, ...Object.fromEntries(fields), ...idle(cls) };
};

/** Nothing is under way with what is in a file. */
const idle = (cls: ClassName): object => ({
  ...(classes[cls].fields.has('allowed_operations') && { allowed_operations: [] }),
  ...(classes[cls].fields.has('current_operations') && { current_operations: {} }),
});

const noSnapshot = {
  is_a_snapshot: false,
  snapshot_of: NULL_REF_TEXT,
  snapshots: [],
  snapshot_time: EPOCH,
  transportable_snapshot_id: '',
  parent: NULL_REF_TEXT,
  children: [],
} as const;

/** A host is only there to be recognised. */
const knownHost = (host: RecordOf<'host'>): RecordOf<'host'> => ({
  ...fieldDefaults('host'),
  uuid: host.uuid,
  name_label: host.name_label,
  name_description: host.name_description,
  hostname: host.hostname,
  address: host.address,
  enabled: host.enabled,
  API_version_major: host.API_version_major,
  API_version_minor: host.API_version_minor,
  API_version_vendor: host.API_version_vendor,
});

/** What only one class has to say about its record. */
const particular = (cls: Exported, options: GatherOptions): object => {
  switch (cls) {
    case 'VM':
      return {
        ...(!options.preservePowerState && { power_state: 'Halted', suspend_VDI: NULL_REF_TEXT }),
        ...(!options.withSnapshots && noSnapshot),
      };
    case 'VBD':
    case 'VIF':
      return options.preservePowerState ? {} : { currently_attached: false };
    default:
      return {};
  }
};

/** The objects around some VMs, in the order in which an import wants them. */
export const gather = (db: Reader, vms: readonly Ref<'VM'>[], options: GatherOptions): Gathered => {
  const table = new Table(db);
  for (const vm of vms) addVm(table, vm, options);
  const idOf = (ref: string): string => table.idOf(ref) ?? NULL_REF_TEXT;
  const objects = order.flatMap(cls =>
    [...table.of(cls)].map(([id, record]) => {
      const known = cls === 'host' ? knownHost(record as RecordOf<'host'>) : record;
      return { cls, id, record: { ...fieldsOutside(cls, known, idOf), ...particular(cls, options) } } as WrittenObject;
    }),
  );
  return { objects, idOf: ref => table.idOf(ref) };
};
