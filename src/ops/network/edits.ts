// What a transaction changed, kept so that it can be taken back by another one: object by object, each field only where it still is as
// that transaction left it. Plain data: it may be kept in a document, across a restart.

import type { Ref } from '../../lib/brand.ts';
import type { Tx } from '../../db/db.ts';
import type { ClassName, RecordOf } from '../../model/index.ts';

type Fields = Readonly<Record<string, unknown>>;

export type Edit =
  | { readonly kind: 'insert'; readonly cls: ClassName; readonly ref: string }
  | { readonly kind: 'update'; readonly cls: ClassName; readonly ref: string; readonly before: Fields; readonly after: Fields }
  | { readonly kind: 'delete'; readonly cls: ClassName; readonly ref: string; readonly record: Fields };

/** A transaction that notes in `edits` what goes through it. */
export const noting = (tx: Tx, edits: Edit[]): Tx => ({
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
    edits.push({ kind: 'insert', cls, ref: made });
    return made;
  },
  update: (cls, ref, patch) => {
    const old: Fields = tx.need(cls, ref);
    tx.update(cls, ref, patch);
    const now: Fields = tx.need(cls, ref);
    const names = Object.keys(patch);
    edits.push({ kind: 'update', cls, ref, before: picked(old, names), after: picked(now, names) });
  },
  delete: (cls, ref) => {
    const record: Fields = tx.need(cls, ref);
    tx.delete(cls, ref);
    edits.push({ kind: 'delete', cls, ref, record });
  },
});

const picked = (record: Fields, names: readonly string[]): Fields => Object.fromEntries(names.map(name => [name, record[name]]));

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const undo = <C extends ClassName>(tx: Tx, cls: C, ref: Ref<C>, edit: Edit): void => {
  switch (edit.kind) {
    case 'insert':
      if (tx.get(cls, ref)) tx.delete(cls, ref);
      return;
    case 'delete':
      if (!tx.get(cls, ref)) tx.insert(cls, edit.record as Partial<RecordOf<C>>, ref);
      return;
    case 'update': {
      const now: Fields | undefined = tx.get(cls, ref);
      if (!now) return;
      const fields = Object.entries(edit.before).filter(([name]) => same(now[name], edit.after[name]));
      tx.update(cls, ref, Object.fromEntries(fields) as Partial<RecordOf<C>>);
      return;
    }
    default:
      edit satisfies never;
  }
};

/** Takes back what was noted, last first. What others have changed or removed meanwhile stays as they left it. */
export const takeBack = (tx: Tx, edits: readonly Edit[]): void => {
  for (const edit of edits.toReversed()) undo(tx, edit.cls, edit.ref as Ref<ClassName>, edit);
};
