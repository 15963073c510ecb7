// The one way in which operations write to the database: a transaction that, before it ends, brings `allowed_operations` of
// everything it touched up to date. Invariant: no visible record allows what its state refuses.

import type { Ref } from '../lib/brand.ts';
import { isNullRef } from '../lib/brand.ts';
import type { Db, Tx } from '../db/db.ts';
import type { ClassName, RecordOf } from '../model/index.ts';
import { vbdOperations } from './vbd/allowed.ts';
import { vdiOperations } from './vdi/allowed.ts';
import { vifOperations } from './vif/allowed.ts';
import { srOperations } from './sr/allowed.ts';
import { hostOperations } from './host/allowed.ts';
import { applianceOperations } from './appliance/allowed.ts';
import { allowedOperations } from './vm/states.ts';

/** Classes whose `allowed_operations` operations keep. */
type Kept = 'VM' | 'VBD' | 'VIF' | 'VDI' | 'SR' | 'host' | 'VM_appliance';

class Touched {
  readonly #refs = new Map<string, Kept>();
  /** Notes an object and those whose answers follow from it. */
  add(tx: Tx, cls: ClassName, ref: string): void {
    switch (cls) {
      case 'VM':
        this.#vm(tx, ref as Ref<'VM'>);
        return;
      case 'VBD':
        this.#vbd(tx, ref as Ref<'VBD'>);
        return;
      case 'VDI':
        this.#vdi(tx, ref as Ref<'VDI'>);
        return;
      case 'PBD': {
        const pbd = tx.get('PBD', ref as Ref<'PBD'>);
        if (pbd) this.#note('SR', pbd.SR);
        return;
      }
      case 'VIF':
      case 'SR':
      case 'host':
      case 'VM_appliance':
        this.#note(cls, ref);
        return;
      default:
        return;
    }
  }
  *[Symbol.iterator](): IterableIterator<readonly [string, Kept]> {
    yield* this.#refs;
  }
  #note(cls: Kept, ref: string): void {
    if (!isNullRef(ref)) this.#refs.set(ref, cls);
  }
  #vm(tx: Tx, ref: Ref<'VM'>): void {
    this.#note('VM', ref);
    const vm = tx.get('VM', ref);
    if (!vm) return;
    for (const vbd of vm.VBDs) this.#vbd(tx, vbd);
    for (const vif of vm.VIFs) this.#note('VIF', vif);
    this.#note('VM_appliance', vm.appliance);
  }
  #vbd(tx: Tx, ref: Ref<'VBD'>): void {
    this.#note('VBD', ref);
    const vbd = tx.get('VBD', ref);
    if (vbd) this.#note('VDI', vbd.VDI);
  }
  #vdi(tx: Tx, ref: Ref<'VDI'>): void {
    this.#note('VDI', ref);
    for (const vbd of tx.get('VDI', ref)?.VBDs ?? []) this.#note('VBD', vbd);
  }
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((item, i) => item === b[i]);

const refreshOne = (tx: Tx, cls: Kept, text: string): void => {
  switch (cls) {
    case 'VM':
      return refresh(tx, 'VM', text as Ref<'VM'>, vm => allowedOperations(vm));
    case 'VBD':
      return refresh(tx, 'VBD', text as Ref<'VBD'>, vbd => vbdOperations(tx, vbd));
    case 'VIF':
      return refresh(tx, 'VIF', text as Ref<'VIF'>, vif => vifOperations(tx, vif));
    case 'VDI':
      return refresh(tx, 'VDI', text as Ref<'VDI'>, vdi => vdiOperations(tx, vdi));
    case 'SR':
      return refresh(tx, 'SR', text as Ref<'SR'>, sr => srOperations(tx, sr));
    case 'host':
      return refresh(tx, 'host', text as Ref<'host'>, host => hostOperations(host));
    case 'VM_appliance':
      return refresh(tx, 'VM_appliance', text as Ref<'VM_appliance'>, appliance => applianceOperations(tx, appliance));
    default:
      return cls satisfies never;
  }
};

const refresh = <C extends Kept>(tx: Tx, cls: C, ref: Ref<C>, answer: (record: RecordOf<C>) => RecordOf<C>['allowed_operations']): void => {
  const record = tx.get(cls, ref);
  if (!record) return;
  const allowed = answer(record);
  if (!same(record.allowed_operations, allowed)) tx.update(cls, ref, { allowed_operations: allowed } as Partial<RecordOf<C>>);
};

const watched = (tx: Tx, touched: Touched): Tx => ({
  get: (cls, ref) => tx.get(cls, ref),
  need: (cls, ref) => tx.need(cls, ref),
  all: cls => tx.all(cls),
  count: cls => tx.count(cls),
  byUuid: (cls, uuid) => tx.byUuid(cls, uuid),
  byNameLabel: (cls, name) => tx.byNameLabel(cls, name),
  referrers: (cls, field, target) => tx.referrers(cls, field, target),
  doc: (namespace, key) => tx.doc(namespace, key),
  docs: namespace => tx.docs(namespace),
  putDoc: (namespace, key, value) => tx.putDoc(namespace, key, value),
  deleteDoc: (namespace, key) => tx.deleteDoc(namespace, key),
  insert: (cls, fields, ref) => {
    const made = tx.insert(cls, fields, ref);
    touched.add(tx, cls, made);
    return made;
  },
  update: (cls, ref, patch) => {
    touched.add(tx, cls, ref);
    tx.update(cls, ref, patch);
    touched.add(tx, cls, ref);
  },
  delete: (cls, ref) => {
    touched.add(tx, cls, ref);
    tx.delete(cls, ref);
  },
});

/** Runs `fn` as one transaction; resolves once durable and visible. A throw changes nothing. */
export const change = <T>(db: Db, fn: (tx: Tx) => T): Promise<T> => db.transaction(tx => changing(tx, fn));

/** The same inside a transaction of someone else. */
export const changing = <T>(tx: Tx, fn: (tx: Tx) => T): T => {
  const touched = new Touched();
  const result = fn(watched(tx, touched));
  for (const [ref, cls] of touched) refreshOne(tx, cls, ref);
  return result;
};

/** Computes `allowed_operations` of everything: at start, since they are not kept across one. */
export const refreshEverything = (db: Db): Promise<void> =>
  db.transaction(tx => {
    for (const cls of ['VM', 'VBD', 'VIF', 'VDI', 'SR', 'host', 'VM_appliance'] as const) {
      for (const [ref] of Array.from(tx.all(cls))) refreshOne(tx, cls, ref);
    }
  });
