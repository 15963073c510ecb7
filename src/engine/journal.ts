// Where the engine writes what it is about to do: one small document per plan. The engine needs no more of a database than this.

import type { JsonObject } from '../lib/json.ts';

export interface Journal {
  /** Replaces the document. Durable when it resolves; puts and deletes take effect in the order of the calls. */
  put(id: string, entry: JsonObject): Promise<void>;
  get(id: string): Promise<JsonObject | undefined>;
  /** Removing what is not there is no error. */
  delete(id: string): Promise<void>;
  list(): Promise<readonly (readonly [id: string, entry: JsonObject])[]>;
}

/** A journal that lives as long as the object: for tests and for what needs no second life. */
export const memoryJournal = (entries: Map<string, string> = new Map()): Journal => ({
  put(id, entry) {
    entries.set(id, JSON.stringify(entry));
    return Promise.resolve();
  },
  get(id) {
    const text = entries.get(id);
    return Promise.resolve(text === undefined ? undefined : JSON.parse(text));
  },
  delete(id) {
    entries.delete(id);
    return Promise.resolve();
  },
  list: () => Promise.resolve([...entries].map(([id, text]) => [id, JSON.parse(text)] as const)),
});
