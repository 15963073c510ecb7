// A file against its schema: everything that is wrong with it at once, or the typed objects that it declares.

import { parseBytes } from '../../args.ts';
import { CommandError } from '../../exit.ts';
import { nearest } from '../../similar.ts';
import type { Located, Place, Problem } from './document.ts';
import { type Declared, type FieldType, type Placed, type Range, type Schema, type SchemaField } from './schema.ts';

export type Checked<S extends Schema> =
  | { readonly kind: 'good'; readonly value: Declared<S> }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

export const checkFile = <S extends Schema>(root: Located, schema: S): Checked<S> => {
  const problems: Problem[] = [];
  const value = objectOf(root, schema, problems);
  // The schema itself says what the object is; it was read by it in this very file.
  return value === undefined || problems.length > 0 ? { kind: 'wrong', problems } : { kind: 'good', value: value as Declared<S> };
};

const objectOf = (node: Located, schema: Schema, problems: Problem[]): Placed | undefined => {
  // An empty file declares nothing.
  const isEmpty = node.kind === 'scalar' && node.value === null;
  if (node.kind !== 'map' && !isEmpty) {
    problems.push({ place: node.place, message: `takes keys: ${Object.keys(schema).join(', ')}` });
    return undefined;
  }
  const entries = node.kind === 'map' ? node.entries : [];
  const places = new Map<string, Place>();
  const values: [string, unknown][] = [];
  for (const { key, place, node: below } of entries) {
    const field = Object.hasOwn(schema, key) ? schema[key] : undefined;
    if (field === undefined) {
      problems.push({ place, message: unknownKey(key, schema) });
      continue;
    }
    places.set(key, below.place);
    values.push([key, valueOf(below, field.type, problems)]);
  }
  const missing = Object.entries(schema).filter(([key, field]) => isRequired(field) && !places.has(key));
  for (const [key] of missing) problems.push({ place: node.place, message: `needs ${key}` });
  return { ...Object.fromEntries(values), at: field => (field === undefined ? undefined : places.get(field)) ?? node.place };
};

const isRequired = ({ required }: SchemaField): boolean => required === true;

const unknownKey = (key: string, schema: Schema): string => {
  const near = nearest(key, Object.keys(schema));
  return `there is no such key${near.length === 0 ? `: there are ${Object.keys(schema).join(', ')}` : `: did you mean ${near.join(' or ')}?`}`;
};

/** Undefined if it is wrong; then there is a problem. */
const valueOf = (node: Located, type: FieldType, problems: Problem[]): unknown => {
  const wrong = (message: string): undefined => {
    problems.push({ place: node.place, message });
    return undefined;
  };
  switch (type.kind) {
    case 'text':
      return scalarText(node) ?? wrong('takes a text');
    case 'integer':
      return integerIn(node, type) ?? wrong(`takes a number from ${type.min} to ${type.max}`);
    case 'range':
      return rangeIn(node, type) ?? wrong(`takes a number from ${type.min} to ${type.max}, or a range such as 100-199`);
    case 'flag':
      return node.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : wrong('takes true or false');
    case 'size':
      return sizeOf(node) ?? wrong('takes a size, such as 512MiB or 10GiB');
    case 'choice': {
      const found = type.of.find(each => each === scalarText(node));
      return found ?? wrong(`takes one of ${type.of.join(', ')}`);
    }
    case 'texts': {
      const items = node.kind === 'list' ? node.items.map(scalarText) : [undefined];
      return items.every(item => item !== undefined) ? items : wrong('takes a list of texts');
    }
    case 'map': {
      const pairs = node.kind === 'map' ? node.entries.map(({ key, node: below }) => [key, scalarText(below)] as const) : [];
      return node.kind === 'map' && pairs.every(([, text]) => text !== undefined)
        ? Object.fromEntries(pairs)
        : wrong('takes keys with a text each');
    }
    case 'items':
      if (node.kind === 'scalar' && node.value === null) return [];
      return node.kind === 'list' ? node.items.map(item => objectOf(item, type.of, problems)) : wrong('takes a list: begin each with -');
    default:
      return type satisfies never;
  }
};

/** Numbers and words alike, as they were written; undefined where there is nothing, or more than a word. */
const scalarText = (node: Located): string | undefined => (node.kind === 'scalar' && node.value !== null ? node.text : undefined);

const integerIn = (node: Located, { min, max }: { readonly min: number; readonly max: number }): number | undefined => {
  const text = scalarText(node) ?? '';
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
};

const rangeIn = (node: Located, { min, max }: { readonly min: number; readonly max: number }): Range | undefined => {
  const match = /^(\d{1,9})(?:\s*-\s*(\d{1,9}))?$/.exec(scalarText(node) ?? '');
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first >= min && first <= last && last <= max ? { first, last } : undefined;
};

const sizeOf = (node: Located): number | undefined => {
  const text = scalarText(node);
  if (text === undefined) return undefined;
  try {
    return parseBytes('size', text);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
};
