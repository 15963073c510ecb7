// The one place where a record of the database gets the type that the model promises for it. Inside src/db records are plain
// read-only objects; `schema.ts` has checked each value against the model before a record is made.

import type { Ref } from '../lib/brand.ts';
import type { ClassName, RecordOf } from '../model/index.ts';

export type AnyRecord = Readonly<Record<string, unknown>>;

export const typedRecord = <C extends ClassName>(record: AnyRecord): RecordOf<C> => record as RecordOf<C>;

export const typedRef = <C extends string>(ref: string): Ref<C> => ref as Ref<C>;

/** Equal as values: texts, numbers, arrays and plain objects of them. The order of keys does not matter. */
export const sameValue = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  const right = new Map(Object.entries(b));
  return left.every(([key, value]) => right.has(key) && sameValue(value, right.get(key)));
};

const EMPTY_LIST: readonly unknown[] = Object.freeze([]);
const EMPTY_MAP: AnyRecord = Object.freeze({});

/** Freezing a list of thousands costs milliseconds on some runtimes, and slows its readers; its type has to do. */
const MAX_FROZEN_LENGTH = 100;

/** The members of a field that is a set of references; its type has been checked when it was written. */
export const membersOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value : []);

/** The value, frozen to the ground (but for long lists); copied where it was not, so that nobody who has the original can change it. */
export const frozen = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.length === 0 ? EMPTY_LIST : sealed(value.map(frozen));
  const entries = Object.entries(value);
  return entries.length === 0 ? EMPTY_MAP : Object.freeze(Object.fromEntries(entries.map(([key, inner]) => [key, frozen(inner)])));
};

/** A list of texts that nobody else holds, as it goes into a record. */
export const sealed = <T>(list: readonly T[]): readonly T[] => (list.length > MAX_FROZEN_LENGTH ? list : Object.freeze(list));
