// The engine's journal, kept as documents of the database: durable with the same group commit as everything else.

import type { Journal } from '../engine/journal.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Db } from './db.ts';

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export const dbJournal = (db: Db, namespace = 'plans'): Journal => ({
  put: (id, entry) => db.transaction(tx => tx.putDoc(namespace, id, entry)),
  get(id) {
    const entry = db.doc(namespace, id);
    return Promise.resolve(isObject(entry) ? entry : undefined);
  },
  delete: id => db.transaction(tx => tx.deleteDoc(namespace, id)),
  list: () => Promise.resolve([...db.docs(namespace)].flatMap(([id, entry]) => (isObject(entry) ? [[id, entry] as const] : []))),
});
