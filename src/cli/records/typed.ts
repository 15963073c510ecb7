// A field of an object as data: numbers, booleans, lists, maps; a reference as the uuid and the name of what it refers to.

import { valueText } from '../../client/values.ts';
import { isNullRef } from '../../lib/brand.ts';
import { enumText } from './enums.ts';
import { asRecord, type Objects } from './objects.ts';
import { type Field, isMap, isSet } from './spec.ts';
import { fieldText, memberTexts, pairTexts, sourceValue, type Subject } from './value.ts';

export interface Reference {
  readonly uuid: string;
  readonly name?: string;
}

export type Typed = null | string | number | boolean | Reference | readonly Typed[] | { readonly [key: string]: Typed };

export type TypedRecord = Readonly<Record<string, Typed>>;

/** The value; null where what it would be read from is missing. */
export const typedValue = async (field: Field, subject: Subject): Promise<Typed> => {
  if (field.kind === 'computed') return await computedValue(field, subject);
  const value = await sourceValue(field, subject);
  if (value === undefined) return null;
  const [kind = '', name = ''] = field.kind.split(' ');
  switch (kind.replace(',', '')) {
    case 'bool':
      return value === true || value === 'true';
    case 'int':
    case 'float':
    case 'float5.1':
      return numberOrText(value);
    case 'datetime':
      return isoTime(valueText(value));
    case 'enum':
      return enumText(name, valueText(value));
    case 'uuid':
      return await reference(subject.objects, name, valueText(value));
    case 'name':
      return (await subject.objects.name(name, valueText(value))) ?? null;
    case 'uuids':
      return await Promise.all(listOf(value).map(each => reference(subject.objects, name, valueText(each))));
    case 'names':
      return await Promise.all(listOf(value).map(async each => (await subject.objects.name(name, valueText(each))) ?? null));
    case 'set':
      return listOf(value).map(each => enumText(name, valueText(each)));
    case 'values':
      return Object.values(asRecord(value) ?? {}).map(each => enumText(name, valueText(each)));
    case 'map':
      return mapOf(Object.entries(asRecord(value) ?? {}).map(([key, each]) => [enumText(name, key), valueText(each)]));
    case 'refmap':
      return mapOf(
        await Promise.all(
          Object.entries(asRecord(value) ?? {}).map(
            async ([key, ref]): Promise<readonly [string, Typed]> => [key, await reference(subject.objects, name, valueText(ref))],
          ),
        ),
      );
    default:
      return field.kind === 'lower' ? await fieldText(field, subject) : valueText(value);
  }
};

const computedValue = async (field: Field, subject: Subject): Promise<Typed> => {
  if (isSet(field)) return await memberTexts(field, subject);
  if (isMap(field)) return mapOf([...(await pairTexts(field, subject))].filter(([key]) => key !== ''));
  const text = await fieldText(field, subject);
  if (/^<.*>$/.test(text)) return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? numberOrText(text) : text;
};

/** Exact, or the text: a number that this form cannot hold is not made a wrong one. */
const numberOrText = (value: unknown): number | string => {
  const number = Number(value);
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : valueText(value);
};

/** `20240131T12:34:56Z` as `2024-01-31T12:34:56Z`. */
const isoTime = (text: string): string => text.replace(/^(\d{4})(\d\d)(\d\d)T/, '$1-$2-$3T');

const reference = async (objects: Objects, cls: string, ref: string): Promise<Typed> => {
  if (isNullRef(ref)) return null;
  const uuid = await objects.uuid(cls, ref);
  if (uuid === undefined) return null;
  const name = await objects.name(cls, ref);
  return name === undefined ? { uuid } : { uuid, name };
};

/** Also with a key such as `__proto__`, which is a key like any other here. */
const mapOf = (pairs: readonly (readonly [string, Typed])[]): TypedRecord => Object.fromEntries(pairs);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
