// What the database needs to know of a class, worked out once from the model: what is stored, what is indexed, and which sets are the
// other side of some class's references.

import { isNullRef } from '../lib/brand.ts';
import { type ClassModel, type ClassName, classes, classNames, fieldDefaults, type FieldModel, relations } from '../model/index.ts';
import { fieldTypeError } from '../model/error.ts';
import { type AnyRecord, frozen, sameValue } from './records.ts';
import { isCanonical } from './values.ts';

export interface FieldPlace {
  readonly cls: ClassName;
  readonly field: string;
}

export interface Schema {
  readonly cls: ClassName;
  /** Objects of the class outlive the process. */
  readonly isDurable: boolean;
  /** Frozen; every record starts as a copy of it, so that all records of a class have one shape. */
  readonly defaults: AnyRecord;
  readonly fields: ReadonlyMap<string, FieldModel>;
  /** Fields that reach the store. */
  readonly stored: readonly string[];
  /** Fields that can be looked up by value: uuid, name_label, references, and sets of references that feed a derived set. */
  readonly indexed: readonly string[];
  readonly references: readonly { readonly field: string; readonly target: ClassName; readonly many: boolean }[];
  /** Sets that the database keeps: field → where it comes from. */
  readonly derived: ReadonlyMap<string, FieldPlace>;
  /** Reference fields whose targets keep such a set. */
  readonly feeds: readonly { readonly field: string; readonly to: FieldPlace }[];
}

/** Is this a value that the field of the class can have? */
export const accepts = (schema: Schema, name: string, value: unknown): boolean => {
  const field = schema.fields.get(name);
  return field !== undefined && isCanonical(field.type, value);
};

const isNamed = (name: string): name is ClassName => Object.hasOwn(classes, name);

/** The relations of the model; both ends are fields of stored classes. */
const feeds = relations.flatMap(({ from, to }) =>
  isNamed(from.cls) && isNamed(to.cls) ? [{ from: { cls: from.cls, field: from.field }, to: { cls: to.cls, field: to.field } }] : [],
);

const referencesOf = (fields: Iterable<FieldModel>): Schema['references'] =>
  [...fields].flatMap(({ name, type }) => {
    const many = type.kind === 'set';
    const ref = type.kind === 'set' ? type.of : type;
    return ref.kind === 'ref' && isNamed(ref.cls) ? [{ field: name, target: ref.cls, many }] : [];
  });

const buildSchema = (cls: ClassName, model: ClassModel): Schema => {
  const fields = new Map([...model.fields].filter(([, field]) => !field.wireOnly));
  const derived = new Map(feeds.filter(({ to }) => to.cls === cls).map(({ from, to }) => [to.field, from]));
  const own = feeds.filter(({ from }) => from.cls === cls).map(({ from, to }) => ({ field: from.field, to }));
  const references = referencesOf(fields.values()).filter(({ field }) => !derived.has(field));
  const looked = ['uuid', ...(fields.has('name_label') ? ['name_label'] : [])];
  const referring = references.filter(({ field, many }) => !many || own.some(feed => feed.field === field));
  return {
    cls,
    isDurable: model.stored === 'durable',
    defaults: Object.freeze(Object.fromEntries(Object.entries(fieldDefaults(cls)).map(([name, value]) => [name, frozen(value)]))),
    fields,
    stored: [...fields.values()].filter(({ name, persist }) => persist && !derived.has(name)).map(({ name }) => name),
    indexed: [...looked, ...referring.map(({ field }) => field)],
    references,
    derived,
    feeds: own,
  };
};

/** The API keeps messages beside its database; here they are objects like any other, as durable as the rest. */
const isKept = (cls: ClassName): boolean => classes[cls].stored !== 'no' || cls === 'message';

export const schemas: ReadonlyMap<ClassName, Schema> = new Map(classNames.filter(isKept).map(cls => [cls, buildSchema(cls, classes[cls])]));

/** Throws for a class whose objects are never in the database: a mistake of the program. */
export const schemaOf = (cls: ClassName): Schema => {
  const schema = schemas.get(cls);
  if (!schema) throw new Error(`objects of class ${cls} are not kept in the database`);
  return schema;
};

/**
 * The fields of `given` that differ from `current`, checked and frozen. `undefined` counts as not given. Throws FIELD_TYPE_ERROR for a
 * value that is not of the field's type, and a plain Error for a field that the class does not have.
 */
export const changedFields = (schema: Schema, current: AnyRecord, given: AnyRecord): AnyRecord => {
  const changed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const field = schema.fields.get(name);
    if (!field) throw new Error(`class ${schema.cls} has no field ${name}`);
    if (!isCanonical(field.type, value)) throw fieldTypeError(`${schema.cls}.${name}`);
    if (!sameValue(current[name], value)) changed[name] = frozen(value);
  }
  return changed;
};

const NO_KEYS: readonly string[] = Object.freeze([]);

/** The values under which an object is found in the index of `field`; null references are in none. */
export const indexKeys = (record: AnyRecord, field: string): readonly string[] => {
  const value = record[field];
  const isKey = (key: unknown): key is string => typeof key === 'string' && (field === 'name_label' || !isNullRef(key));
  if (Array.isArray(value)) return value.filter(isKey);
  return isKey(value) ? [value] : NO_KEYS;
};
