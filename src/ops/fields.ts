// Setters that XenAPI lists as messages of their own though they only write a field, as data for the classes that have them.

import type { Ref } from '../lib/brand.ts';
import type { ClassName, RecordOf } from '../model/index.ts';
import { mapDuplicateKey } from '../model/error.ts';
import { change } from './change.ts';
import type { Call } from './context.ts';

type MapFields<C extends ClassName> = {
  [F in keyof RecordOf<C>]: RecordOf<C>[F] extends Readonly<Record<string, string>> ? F : never;
}[keyof RecordOf<C>] &
  string;

/** Writes one field. */
export const setter =
  <C extends ClassName, F extends keyof RecordOf<C>>(cls: C, field: F) =>
  (call: Call, { self, value }: { readonly self: Ref<C>; readonly value: RecordOf<C>[F] }): Promise<void> =>
    change(call.services.db, tx => {
      tx.need(cls, self);
      tx.update(cls, self, { [field]: value } as unknown as Partial<RecordOf<C>>);
    });

/** Adds one key to a map, before the others as clients know it. Throws MAP_DUPLICATE_KEY. */
export const adder =
  <C extends ClassName>(cls: C, field: MapFields<C>) =>
  (call: Call, { self, key, value }: { readonly self: Ref<C>; readonly key: string; readonly value: string }): Promise<void> =>
    change(call.services.db, tx => {
      const map = tx.need(cls, self)[field] as Readonly<Record<string, string>>;
      if (Object.hasOwn(map, key)) throw mapDuplicateKey(cls, field, self, key);
      tx.update(cls, self, { [field]: { [key]: value, ...map } } as unknown as Partial<RecordOf<C>>);
    });

/** Removes one key of a map; no such key is success. */
export const remover =
  <C extends ClassName>(cls: C, field: MapFields<C>) =>
  (call: Call, { self, key }: { readonly self: Ref<C>; readonly key: string }): Promise<void> =>
    change(call.services.db, tx => {
      const map = tx.need(cls, self)[field] as Readonly<Record<string, string>>;
      const rest = Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
      tx.update(cls, self, { [field]: rest } as unknown as Partial<RecordOf<C>>);
    });
