// From the store's rows to the durable state: fields that a later model brought take their defaults, fields it dropped are left out,
// and the sets that follow from references are worked out anew.

import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from '../lib/logger.ts';
import type { Store } from './db.ts';
import { Layer } from './layer.ts';
import { type AnyRecord, frozen, sealed } from './records.ts';
import { accepts, changedFields, type Schema, schemas } from './schema.ts';

export interface LoadedState {
  readonly durable: Layer;
  readonly generation: number;
}

/** Between these, what a start has asked of others meanwhile is heard. */
const OBJECTS_A_TURN = 256;

export const loadState = async (store: Store, log: Logger): Promise<LoadedState> => {
  const { generation, objects, docs } = await store.load();
  const durable = new Layer();
  let count = 0;
  for (const { cls, ref, record } of objects) {
    count += 1;
    if (count % OBJECTS_A_TURN === 0) await turn();
    const schema = schemas.get(cls);
    if (schema) durable.table(cls).set(ref, revive(schema, ref, record, log));
    else log.warn('an object of a class that is no longer known is left out', { cls, ref });
  }
  for (const { namespace, key, value } of docs) durable.setDoc(namespace, key, value);
  for (const schema of schemas.values()) deriveSets(schema, durable);
  return { durable, generation };
};

const revive = (schema: Schema, ref: string, stored: AnyRecord, log: Logger): AnyRecord => {
  const known: Record<string, unknown> = {};
  for (const name of schema.stored) if (stored[name] !== undefined) known[name] = stored[name];
  try {
    return Object.freeze({ ...schema.defaults, ...changedFields(schema, schema.defaults, known) });
  } catch (error) {
    log.warn('an object has a value that its class no longer allows; it takes the default', { cls: schema.cls, ref, error });
    return Object.freeze({ ...schema.defaults, ...validFields(schema, known) });
  }
};

const validFields = (schema: Schema, stored: AnyRecord): AnyRecord => {
  const valid: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(stored)) if (accepts(schema, name, value)) valid[name] = frozen(value);
  return valid;
};

const deriveSets = (schema: Schema, durable: Layer): void => {
  const table = durable.tables.get(schema.cls);
  if (!table) return;
  for (const [field, source] of schema.derived) {
    for (const [ref, record] of table.records) {
      const members = [...durable.lookup(source.cls, source.field, ref)].reverse();
      if (record && members.length > 0) table.set(ref, Object.freeze({ ...record, [field]: sealed(members) }));
    }
  }
};
