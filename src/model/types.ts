// Types of values as trees. `parseType` reads the texts of class files; it is strict and remembers what it read.

import type { Value } from './dsl.ts';
import { EPOCH } from './datetime.ts';
import { enums } from './enums.ts';
import { NULL_REF_TEXT } from '../lib/brand.ts';

export type Type =
  | { readonly kind: 'string' | 'secretstring' | 'int' | 'bool' | 'float' | 'datetime' | 'void' }
  | { readonly kind: 'enum'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'ref'; readonly cls: string }
  /** `cls` is `<class>` where the class is known only from the value around it. */
  | { readonly kind: 'record'; readonly cls: string }
  | { readonly kind: 'set'; readonly of: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'option'; readonly of: Type };

/** The class of a record whose class is told by the value around it, as in an event's snapshot. */
export const ANY_CLASS = '<class>';

const known = new Map<string, Type>();

/** Throws a RangeError for a text that is no type. */
export const parseType = (text: string): Type => {
  const before = known.get(text);
  if (before) return before;
  const words = text.includes('(') ? (text.match(/[()]|[^\s()]+/g) ?? []) : text.split(' ');
  let at = 0;
  const next = (): string => {
    const word = words[at++];
    if (word === undefined) throw new RangeError(`type '${text}' ends too early`);
    return word;
  };
  const read = (): Type => {
    const word = next();
    switch (word) {
      case 'string':
      case 'secretstring':
      case 'int':
      case 'bool':
      case 'float':
      case 'datetime':
      case 'void':
        return { kind: word };
      case 'enum':
        return enumType(next());
      case 'ref':
      case 'record':
        return { kind: word, cls: next() };
      case 'set':
      case 'option':
        return { kind: word, of: read() };
      case 'map': {
        const key = read();
        return { kind: 'map', key, value: read() };
      }
      case '(': {
        const inner = read();
        if (next() !== ')') throw new RangeError(`type '${text}' lacks a closing parenthesis`);
        return inner;
      }
      default:
        throw new RangeError(`type '${text}' has an unknown word '${word}'`);
    }
  };
  const type = read();
  if (at !== words.length) throw new RangeError(`type '${text}' goes on after its end`);
  known.set(text, type);
  return type;
};

const enumType = (name: string): Type => {
  if (!Object.hasOwn(enums, name)) throw new RangeError(`no enumeration is called '${name}'`);
  return { kind: 'enum', name, values: enums[name as keyof typeof enums] };
};

/** The text of a type, as class files write it. */
export const typeText = (type: Type): string => {
  switch (type.kind) {
    case 'enum':
      return `enum ${type.name}`;
    case 'ref':
    case 'record':
      return `${type.kind} ${type.cls}`;
    case 'set':
    case 'option':
      return `${type.kind} ${nested(type.of)}`;
    case 'map':
      return `map ${nested(type.key)} ${nested(type.value)}`;
    default:
      return type.kind;
  }
};

const nested = (type: Type): string =>
  type.kind === 'set' || type.kind === 'map' || type.kind === 'option' ? `(${typeText(type)})` : typeText(type);

/** The empty value of a type: what a field without a default of its own starts with. Undefined for `void`, `option` and records. */
export const defaultValue = (type: Type): Value | undefined => {
  switch (type.kind) {
    case 'string':
    case 'secretstring':
      return '';
    case 'int':
    case 'float':
      return 0;
    case 'bool':
      return false;
    case 'datetime':
      return EPOCH;
    case 'enum':
      return type.values[0] ?? '';
    case 'ref':
      return NULL_REF_TEXT;
    case 'set':
      return [];
    case 'map':
      return {};
    case 'void':
    case 'record':
    case 'option':
      return undefined;
    default:
      return type satisfies never;
  }
};
