// One transaction while its function runs: reads see the newest state, writes go to a layer of their own, which is kept or dropped
// as a whole. Derived sets (`VM.VBDs`) follow their references (`VBD.VM`) here, and nowhere else.

import { randomUUID } from 'node:crypto';
import type { Ref } from '../lib/brand.ts';
import type { Json } from '../lib/json.ts';
import { handleInvalid, XenError } from '../model/error.ts';
import type { ClassName, RecordOf } from '../model/index.ts';
import type { Tx } from './db.ts';
import { Layer } from './layer.ts';
import { LayeredReader } from './reader.ts';
import { type AnyRecord, membersOf, sameValue, sealed, typedRef } from './records.ts';
import { changedFields, indexKeys, type Schema, schemaOf } from './schema.ts';
import { SetEdits } from './set-edits.ts';

const notUnique = (cls: ClassName, field: string, value: string): XenError =>
  new XenError('DB_UNIQUENESS_CONSTRAINT_VIOLATION', [cls, field, value]);

const asText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export class Transaction extends LayeredReader implements Tx {
  readonly changes: Layer;
  readonly #edits = new SetEdits();
  #isOver = false;

  constructor(below: readonly Layer[]) {
    const changes = new Layer();
    super([changes, ...below]);
    this.changes = changes;
  }

  /** The function has returned: its changes are complete. Writes that come later are a mistake, and told so. */
  end(): void {
    for (const [cls, ref] of this.#edits.objects()) this.#carryOutEdits(cls, ref);
    this.#isOver = true;
  }

  override find(cls: ClassName, ref: string): AnyRecord | undefined {
    if (this.#edits.has(cls, ref)) this.#carryOutEdits(cls, ref);
    return super.find(cls, ref);
  }

  insert<C extends ClassName>(cls: C, fields: Partial<RecordOf<C>>, ref?: Ref<C>): Ref<C> {
    this.#assertOpen();
    const schema = schemaOf(cls);
    const own = ref ?? typedRef<C>(`OpaqueRef:${randomUUID()}`);
    if (ref !== undefined && this.find(cls, own)) throw notUnique(cls, '_ref', own);
    const given: Record<string, unknown> = { ...fields };
    // A record that was copied from another object brings that object's sets.
    for (const field of schema.derived.keys()) delete given[field];
    const named = asText(given['uuid']);
    if (named !== undefined) this.#assertNewUuid(cls, named);
    given['uuid'] = named ?? randomUUID();
    // A reference that was drawn just now is in nobody's record.
    const sets = ref === undefined ? {} : this.#derivedSets(schema, own);
    const record = { ...schema.defaults, ...changedFields(schema, schema.defaults, given), ...sets };
    this.#put(schema, own, undefined, Object.freeze(record));
    return own;
  }

  update<C extends ClassName>(cls: C, ref: Ref<C>, patch: Partial<RecordOf<C>>): void {
    this.#assertOpen();
    const schema = schemaOf(cls);
    const before = this.find(cls, ref);
    if (!before) throw handleInvalid(cls, ref);
    const changed = changedFields(schema, before, { ...patch });
    const names = Object.keys(changed);
    if (names.length === 0) return;
    for (const name of names) {
      const source = schema.derived.get(name);
      if (source) throw new Error(`${cls}.${name} follows from ${source.cls}.${source.field}; change that`);
    }
    const uuid = asText(changed['uuid']);
    if (uuid !== undefined) this.#assertNewUuid(cls, uuid);
    this.#put(schema, ref, before, Object.freeze({ ...before, ...changed }));
  }

  delete<C extends ClassName>(cls: C, ref: Ref<C>): void {
    this.#assertOpen();
    const before = this.find(cls, ref);
    if (!before) throw handleInvalid(cls, ref);
    this.#put(schemaOf(cls), ref, before, undefined);
  }

  putDoc(namespace: string, key: string, value: Json): void {
    this.#assertOpen();
    if (!sameValue(this.doc(namespace, key), value)) this.changes.setDoc(namespace, key, privateCopy(value));
  }

  deleteDoc(namespace: string, key: string): void {
    this.#assertOpen();
    if (this.doc(namespace, key) !== undefined) this.changes.setDoc(namespace, key, undefined);
  }

  #put(schema: Schema, ref: string, before: AnyRecord | undefined, after: AnyRecord | undefined): void {
    this.changes.table(schema.cls).set(ref, after);
    for (const { field, to } of schema.feeds) {
      if (before && after && before[field] === after[field]) continue;
      const old = before ? indexKeys(before, field) : [];
      const now = after ? indexKeys(after, field) : [];
      // A target that does not exist is left alone: when it comes it finds who refers to it.
      for (const target of old)
        if (!now.includes(target) && this.#exists(to.cls, target)) this.#edits.remove(to.cls, target, to.field, ref);
      for (const target of now) if (!old.includes(target) && this.#exists(to.cls, target)) this.#edits.add(to.cls, target, to.field, ref);
    }
  }

  #exists(cls: ClassName, ref: string): boolean {
    return super.find(cls, ref) !== undefined;
  }

  #carryOutEdits(cls: ClassName, ref: string): void {
    const record = super.find(cls, ref);
    if (!record) return;
    const sets: Record<string, unknown> = {};
    for (const [field, edit] of this.#edits.take(cls, ref)) sets[field] = sealed(edit(membersOf(record[field])));
    this.changes.table(cls).set(ref, Object.freeze({ ...record, ...sets }));
  }

  #derivedSets(schema: Schema, ref: string): AnyRecord {
    const sets: Record<string, unknown> = {};
    for (const [field, source] of schema.derived) {
      const members = this.lookup(source.cls, source.field, ref);
      if (members.length > 0) sets[field] = sealed(members.toReversed());
    }
    return sets;
  }

  #assertNewUuid(cls: ClassName, uuid: string): void {
    if (this.lookup(cls, 'uuid', uuid).length > 0) throw notUnique(cls, 'uuid', uuid);
  }

  #assertOpen(): void {
    if (this.#isOver) throw new Error('the transaction is over: its function has returned');
  }
}

/** A copy that nobody else holds. */
const privateCopy = (value: Json): Json => structuredClone(value);
