// Which fields of a record travel, and their check on arrival. What follows from the model: fields that hold references or only this
// host's present state stay; what arrives must have the type that the model gives the field.

import type { Json, JsonObject } from '../../lib/json.ts';
import { fieldTypeError } from '../../model/error.ts';
import { type ClassName, classes, type FieldModel, type RecordOf, type Type } from '../../model/index.ts';
import { json } from './shape.ts';

/** Fields of the present moment, of this host or this SR: the destination fills in its own. */
const staysHere: { readonly [C in ClassName]?: ReadonlySet<string> } = {
  VM: new Set(['domid', 'is_default_template', 'requires_reboot']),
  VBD: new Set(['currently_attached', 'runtime_properties', 'status_code', 'status_detail', 'storage_lock']),
  VIF: new Set(['currently_attached', 'runtime_properties', 'status_code', 'status_detail']),
  VDI: new Set(['location', 'managed', 'missing', 'sm_config', 'storage_lock', 'physical_utilisation', 'metadata_latest', 'is_tools_iso']),
};

const holdsReference = (type: Type): boolean => {
  switch (type.kind) {
    case 'ref':
    case 'record':
      return true;
    case 'set':
    case 'option':
      return holdsReference(type.of);
    case 'map':
      return holdsReference(type.key) || holdsReference(type.value);
    default:
      return false;
  }
};

const travels = (cls: ClassName, field: FieldModel): boolean =>
  field.name !== 'uuid' && field.persist && !field.wireOnly && !holdsReference(field.type) && !staysHere[cls]?.has(field.name);

const travelling = (cls: ClassName): readonly FieldModel[] => [...classes[cls].fields.values()].filter(field => travels(cls, field));

/** The fields of a record that mean the same on another host. */
export function portable<C extends ClassName>(cls: C, record: RecordOf<C>): JsonObject {
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(record));
  return Object.fromEntries(travelling(cls).map(field => [field.name, json(values.get(field.name) ?? null, `${cls}.${field.name}`)]));
}

/** Reads such fields again: unknown ones are left out, missing ones take the model's default, wrong types are refused. */
export function arrived<C extends ClassName>(cls: C, fields: JsonObject): Partial<RecordOf<C>> {
  const entries = travelling(cls).flatMap(field => {
    const value = fields[field.name];
    if (value === undefined) return [];
    if (!fits(field.type, value)) throw fieldTypeError(`${cls}.${field.name}`);
    return [[field.name, value]];
  });
  return Object.fromEntries(entries) as Partial<RecordOf<C>>;
}

function fits(type: Type, value: Json): boolean {
  switch (type.kind) {
    case 'string':
    case 'secretstring':
      return typeof value === 'string';
    case 'datetime':
      return typeof value === 'string' && /^\d{8}T\d\d:\d\d:\d\dZ$/.test(value);
    case 'enum':
      return typeof value === 'string' && type.values.includes(value);
    case 'int':
      return Number.isSafeInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    case 'set':
      return isList(value) && value.every(item => fits(type.of, item));
    case 'map':
      return isMap(value) && Object.values(value).every(item => fits(type.value, item));
    case 'option':
    case 'ref':
    case 'record':
    case 'void':
      return false;
    default:
      return type satisfies never;
  }
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isMap = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
