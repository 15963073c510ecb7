// A change of the database as data: what a plan's commit step applies in one transaction. The plan's author computes it, a journal
// can hold it, and whether it was applied can be asked of the database itself, so a commit that was cut short is no riddle.

import type { Ref } from '../lib/brand.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Db, Tx } from '../db/db.ts';
import type { PlannedStep, StepKind } from '../engine/types.ts';
import type { ClassName, RecordOf } from '../model/index.ts';
import { change } from './change.ts';
import type { Services } from './context.ts';
import { fromJson, toJson } from './plan-json.ts';

interface Insert {
  readonly cls: ClassName;
  readonly ref: Ref<ClassName>;
  readonly fields: Readonly<Record<string, unknown>>;
}
interface Update {
  readonly cls: ClassName;
  readonly ref: Ref<ClassName>;
  readonly patch: Readonly<Record<string, unknown>>;
}
interface Delete {
  readonly cls: ClassName;
  readonly ref: Ref<ClassName>;
}

export interface Commit {
  readonly inserts: readonly Insert[];
  readonly updates: readonly Update[];
  readonly deletes: readonly Delete[];
}

/** Collects a commit with the types of the model. */
export class CommitBuilder {
  readonly #inserts: Insert[] = [];
  readonly #updates: Update[] = [];
  readonly #deletes: Delete[] = [];
  insert<C extends ClassName>(cls: C, ref: Ref<C>, fields: Partial<RecordOf<C>>): Ref<C> {
    this.#inserts.push({ cls, ref, fields });
    return ref;
  }
  update<C extends ClassName>(cls: C, ref: Ref<C>, patch: Partial<RecordOf<C>>): void {
    this.#updates.push({ cls, ref, patch });
  }
  delete<C extends ClassName>(cls: C, ref: Ref<C>): void {
    this.#deletes.push({ cls, ref });
  }
  build(): Commit {
    return { inserts: this.#inserts, updates: this.#updates, deletes: this.#deletes };
  }
}

/** Idempotent: what is there already is not inserted again, what is gone is not deleted again. */
export const applyCommit = (tx: Tx, commit: Commit): void => {
  for (const { cls, ref, fields } of commit.inserts) {
    if (!tx.get(cls, ref)) tx.insert(cls, fields, ref);
  }
  for (const { cls, ref, patch } of commit.updates) {
    if (tx.get(cls, ref)) tx.update(cls, ref, patch);
  }
  for (const { cls, ref } of commit.deletes) {
    if (tx.get(cls, ref)) tx.delete(cls, ref);
  }
};

const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether the database shows the commit: all of it was one transaction, so one witness is enough. */
export const isApplied = (db: Db, commit: Commit): boolean => {
  const insert = commit.inserts[0];
  if (insert) return db.get(insert.cls, insert.ref) !== undefined;
  const gone = commit.deletes[0];
  if (gone) return db.get(gone.cls, gone.ref) === undefined;
  return commit.updates.every(({ cls, ref, patch }) => {
    const record: Readonly<Record<string, unknown>> | undefined = db.get(cls, ref);
    return record === undefined || Object.entries(patch).every(([field, value]) => equal(record[field], value));
  });
};

export const commitStep = (id: string, label: string, commit: Commit): PlannedStep => ({
  id,
  kind: 'db.commit',
  label,
  weight: 1,
  args: toJson(commit),
});

/** The kind behind `commitStep`. Meant as a plan's pivot: there is no undo. */
export const commitKind = (services: Services): StepKind<JsonObject, null> => ({
  kind: 'db.commit',
  run: async (_context, args) => {
    const commit = fromJson<Commit>(args);
    await change(services.db, tx => applyCommit(tx, commit));
    return null;
  },
  settle: async (_context, args) => (isApplied(services.db, fromJson<Commit>(args)) ? 'done' : 'undone'),
});
