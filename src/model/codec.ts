// Values between the wire and the inside, driven by their type.
//
// Inside, values are canonical: int and float are numbers, a datetime is `YYYYMMDDTHH:MM:SSZ`, enums and references are texts, sets
// arrays, maps and records plain objects; an absent option is undefined, and so is void. On the wire a server may write an int as a
// text (XML-RPC always does), a datetime in other ways, void as ''. `decodeValue` makes any of them canonical and refuses all else;
// `checkValue` tells whether a value already is. Messages of errors name the place and the kinds, never the value of a secret.

import { DateTimeValue } from '../lib/wire-values.ts';
import type { ClassModel, FieldModel } from './compile.ts';
import { parseDateTime } from './datetime.ts';
import { ANY_CLASS, type Type } from './types.ts';

/** Where the fields of a class are looked up; undefined for a class that is unknown, whose records pass as they are. */
export type Schema = (cls: string) => ClassModel | undefined;

/** A value that does not fit its type. `path` says where: `VM.start.force`, `args.other_config.folder`. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.path = path;
  }
}

export interface DecodeOptions {
  /** Named in errors. */
  readonly path?: string;
  /** Without it, records pass as they are. */
  readonly schema?: Schema;
  /** For what newer servers send: unknown fields, enum values and odd dates are kept as they are, missing fields stay missing. */
  readonly lenient?: boolean;
}

interface Context {
  readonly schema: Schema;
  readonly mode: 'wire' | 'lenient' | 'canonical';
}

const noSchema: Schema = () => undefined;

/** A value from the wire, made canonical. Throws ValueError. */
export const decodeValue = (type: Type, value: unknown, options: DecodeOptions = {}): unknown =>
  decode(type, value, options.path ?? 'value', { schema: options.schema ?? noSchema, mode: options.lenient ? 'lenient' : 'wire' });

/** What is wrong with a value that should be canonical; undefined if nothing is. */
export const checkValue = (type: Type, value: unknown, path = 'value', schema: Schema = noSchema): string | undefined => {
  try {
    decode(type, value, path, { schema, mode: 'canonical' });
    return undefined;
  } catch (error) {
    if (error instanceof ValueError) return error.message;
    throw error;
  }
};

const decode = (type: Type, value: unknown, path: string, context: Context): unknown => {
  switch (type.kind) {
    case 'option':
      return value === undefined || value === null ? undefined : decode(type.of, value, path, context);
    case 'set':
      if (!Array.isArray(value)) throw mismatch(path, 'set', value);
      return value.map((item, index) => decode(type.of, item, `${path}[${index}]`, context));
    case 'map':
      return decodeMap(type, value, path, context);
    case 'record':
      return decodeRecord(type.cls, value, path, context);
    default: {
      const canonical = decodeScalar(type, value, path, context);
      if (context.mode === 'canonical' && canonical !== value && !Number.isNaN(value)) throw mismatch(path, type.kind, value);
      return canonical;
    }
  }
};

type Scalar = Exclude<Type, { readonly kind: 'option' | 'set' | 'map' | 'record' }>;

const decodeScalar = (type: Scalar, value: unknown, path: string, context: Context): unknown => {
  switch (type.kind) {
    case 'string':
    case 'secretstring':
    case 'ref':
      if (typeof value === 'string') return value;
      throw mismatch(path, type.kind, value);
    case 'int':
      return decodeInt(value, path);
    case 'float':
      return decodeFloat(value, path, context);
    case 'bool':
      if (typeof value === 'boolean') return value;
      throw mismatch(path, 'bool', value);
    case 'datetime':
      return decodeDateTime(value, path, context);
    case 'enum':
      return decodeEnum(type, value, path, context);
    case 'void':
      return undefined;
    default:
      return type satisfies never;
  }
};

const decodeInt = (value: unknown, path: string): number => {
  const number = typeof value === 'string' && /^[+-]?\d{1,19}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) throw mismatch(path, 'int', value);
  if (!Number.isSafeInteger(number)) throw new ValueError(path, 'the number is too large');
  return number === 0 ? 0 : number;
};

const decodeFloat = (value: unknown, path: string, context: Context): number => {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return Number(value);
  if (context.mode === 'lenient' && (value === null || (typeof value === 'string' && /^[+-]?nan$/i.test(value)))) return Number.NaN;
  if (typeof value === 'string' && /^[+-]?inf(inity)?$/i.test(value)) return value.startsWith('-') ? -Infinity : Infinity;
  throw mismatch(path, 'float', value);
};

const decodeDateTime = (value: unknown, path: string, context: Context): string => {
  const text = value instanceof DateTimeValue ? value.text : value;
  if (typeof text !== 'string') throw mismatch(path, 'datetime', value);
  const canonical = parseDateTime(text) ?? (context.mode === 'lenient' ? text : undefined);
  if (canonical === undefined) throw new ValueError(path, 'expected a time like 20260304T05:06:07Z');
  return canonical;
};

const decodeEnum = (type: Type & { readonly kind: 'enum' }, value: unknown, path: string, context: Context): string => {
  if (typeof value !== 'string') throw mismatch(path, `one of ${type.values.join(', ')}`, value);
  if (context.mode === 'lenient' || type.values.includes(value)) return value;
  // On the wire the case of letters does not matter, as clients of this API expect.
  const word = value.toLowerCase();
  const found = context.mode === 'wire' ? type.values.find(each => each.toLowerCase() === word) : undefined;
  if (found !== undefined) return found;
  throw new ValueError(path, `expected one of ${type.values.join(', ')}, found '${value.slice(0, 64)}'`);
};

// Keys are texts inside too, whatever they stand for.
const decodeMap = (type: Type & { readonly kind: 'map' }, value: unknown, path: string, context: Context): object => {
  const keys: Context = context.mode === 'canonical' ? { ...context, mode: 'wire' } : context;
  const entries = entriesOf(value, path, 'map').map(([key, item]): [string, unknown] => {
    const shown = key.slice(0, 64);
    const name = String(decode(type.key, key, `${path} (key '${shown}')`, keys));
    if (context.mode === 'canonical' && name !== key) throw new ValueError(`${path} (key '${shown}')`, `expected '${name}'`);
    return [name, decode(type.value, item, `${path}.${shown}`, context)];
  });
  return Object.fromEntries(entries);
};

const decodeRecord = (cls: string, value: unknown, path: string, context: Context): object => {
  const entries = entriesOf(value, path, 'record');
  const model = cls === ANY_CLASS ? undefined : context.schema(cls);
  if (!model) return Object.fromEntries(entries);
  const given = new Map(entries);
  const record: [string, unknown][] = [];
  for (const field of model.fields.values()) {
    const item = given.get(field.name);
    if (item === undefined) {
      if (context.mode === 'lenient' || field.wireOnly || field.type.kind === 'option') continue;
      throw new ValueError(`${path}.${field.name}`, 'missing');
    }
    record.push([field.name, decode(field.type, item, `${path}.${field.name}`, context)]);
  }
  if (context.mode === 'lenient') for (const entry of entries) if (!model.fields.has(entry[0])) record.push(entry);
  return Object.fromEntries(record);
};

/**
 * The record that `create` takes: the fields a constructor has, with the defaults of those left out. Other fields, such as those of
 * a record that was read and is sent back, are passed over. Throws ValueError.
 */
export const decodeConstructor = (model: ClassModel, value: unknown, path: string, schema: Schema): Readonly<Record<string, unknown>> => {
  const given = new Map(entriesOf(value, path, 'record'));
  const constructor: readonly FieldModel[] = [...model.fields.values()].filter(field => field.inConstructor);
  const missing = constructor.filter(field => field.required && given.get(field.name) === undefined);
  if (missing.length) throw new ValueError(path, `missing ${missing.map(field => field.name).join(', ')}`);
  const entries = constructor.map((field): [string, unknown] => {
    const item = given.get(field.name);
    if (item === undefined) return [field.name, field.default];
    return [field.name, decode(field.type, item, `${path}.${field.name}`, { schema, mode: 'wire' })];
  });
  return Object.fromEntries(entries);
};

const entriesOf = (value: unknown, path: string, wanted: string): readonly [string, unknown][] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof DateTimeValue)
    throw mismatch(path, wanted, value);
  return Object.entries(value);
};

/** A canonical value as JSON carries it. Cheap: JSON carries canonical values as they are, only void has a text. */
export const encodeJson = (type: Type, value: unknown): unknown => (type.kind === 'void' ? '' : value);

/** A canonical value as XML-RPC carries it, for the serializer: ints are texts, floats numbers, times DateTimeValue; void is ''. */
export const encodeXml = (type: Type, value: unknown, schema: Schema): unknown => {
  switch (type.kind) {
    case 'int':
      return String(value);
    case 'datetime':
      return new DateTimeValue(String(value));
    case 'void':
      return '';
    case 'option':
      return value === undefined ? undefined : encodeXml(type.of, value, schema);
    case 'set':
      return Array.isArray(value) ? value.map(item => encodeXml(type.of, item, schema)) : value;
    case 'map':
      return mapValues(value, item => encodeXml(type.value, item, schema));
    case 'record':
      return encodeXmlRecord(schema(type.cls), value, schema);
    default:
      return value;
  }
};

const encodeXmlRecord = (model: ClassModel | undefined, value: unknown, schema: Schema): unknown =>
  mapValues(value, (item, name) => {
    const field = model?.fields.get(name);
    return field ? encodeXml(field.type, item, schema) : item;
  });

const mapValues = (value: unknown, change: (item: unknown, key: string) => unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, item]): [string, unknown] => [key, change(item, key)]))
    : value;

const mismatch = (path: string, wanted: string, value: unknown): ValueError =>
  new ValueError(path, `expected ${wanted}, found ${kindOf(value)}`);

const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a set';
  if (value instanceof DateTimeValue) return 'a time';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a fraction';
    case 'boolean':
      return 'a truth value';
    default:
      return 'a struct';
  }
};
