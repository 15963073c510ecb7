// A store that lives as long as the object: for tests and for the simulator. Opening a database on it again finds what was written.

import type { Json } from '../../lib/json.ts';
import type { Store, StoreBatch, StoredDoc, StoredObject } from '../db.ts';

export const memoryStore = (): Store => {
  const objects = new Map<string, StoredObject>();
  const docs = new Map<string, StoredDoc>();
  let generation = 0;
  const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);
  return {
    load: () => Promise.resolve({ generation, objects: [...objects.values()], docs: [...docs.values()] }),
    append(batch: StoreBatch) {
      generation = batch.generation;
      for (const object of batch.puts) objects.set(keyOf(object.cls, object.ref), object);
      for (const { cls, ref } of batch.deletes) objects.delete(keyOf(cls, ref));
      for (const { namespace, key, value } of batch.docPuts) docs.set(keyOf(namespace, key), { namespace, key, value: copy(value) });
      for (const { namespace, key } of batch.docDeletes) docs.delete(keyOf(namespace, key));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
};

const copy = (value: Json): Json => structuredClone(value);
