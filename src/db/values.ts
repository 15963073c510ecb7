// Is a value canonical for its type? Numbers for int and float, texts for references, enums and datetimes, arrays for sets, plain
// objects for maps. The wire's forms of the same values are the codecs' business.

import type { Type } from '../model/index.ts';

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isCanonical = (type: Type, value: unknown): boolean => {
  switch (type.kind) {
    case 'string':
    case 'secretstring':
    case 'datetime':
    case 'ref':
      return typeof value === 'string';
    case 'enum':
      return typeof value === 'string' && type.values.includes(value);
    case 'int':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    case 'set':
      return Array.isArray(value) && value.every(item => isCanonical(type.of, item));
    case 'map':
      return isPlainObject(value) && Object.values(value).every(item => isCanonical(type.value, item));
    case 'option':
      return value === undefined || isCanonical(type.of, value);
    case 'record':
      return isPlainObject(value);
    case 'void':
      return value === undefined;
    default:
      return type satisfies never;
  }
};
