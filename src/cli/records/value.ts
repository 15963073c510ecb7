// A field of an object as text. What is in the record itself is rendered at once; what is behind a reference is fetched.

import { isNullRef } from '../../lib/brand.ts';
import { valueText } from '../../client/values.ts';
import type { Session } from '../../client/session.ts';
import { enumText } from './enums.ts';
import { type ApiRecord, asRecord, type Objects } from './objects.ts';
import type { Field, RecordSpec } from './spec.ts';

export const NOT_IN_DATABASE = '<not in database>';

/** One object of a listing and where to find what it refers to. */
export interface Subject {
  readonly spec: RecordSpec;
  readonly ref: string;
  readonly record: ApiRecord;
  readonly objects: Objects;
  readonly session: Session;
}

type Later<T> = T | Promise<T>;

/** The text of the whole field. */
export const fieldText = (field: Field, subject: Subject): Later<string> => {
  if (field.kind === 'computed') return computedText(field, subject);
  const value = sourceValue(field, subject);
  return value instanceof Promise ? value.then(found => textOf(field, found, subject.objects)) : textOf(field, value, subject.objects);
};

/** The members of a set as texts. */
export const memberTexts = async (field: Field, subject: Subject): Promise<readonly string[]> => {
  if (field.kind === 'computed') return (await computedText(field, subject)).split('; ').filter(text => text !== '');
  const value = await sourceValue(field, subject);
  const [kind = '', name = ''] = field.kind.split(' ');
  if (kind === 'values') return Object.values(asRecord(value) ?? {}).map(each => enumText(name, valueText(each)));
  return await Promise.all(listOf(value).map(async each => await memberText(kind, name, each, subject.objects)));
};

/** The pairs of a map as texts. */
export const pairTexts = async (field: Field, subject: Subject): Promise<ReadonlyMap<string, string>> => {
  if (field.kind === 'computed') return new Map((await computedText(field, subject)).split('; ').map(pairOf));
  return new Map(await pairsOf(field.kind, await sourceValue(field, subject), subject.objects));
};

const pairOf = (text: string): readonly [string, string] => {
  const at = text.indexOf(': ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 2)];
};

const computedText = async (field: Field, subject: Subject): Promise<string> => {
  const { computed } = await import('./computed.ts');
  return await computed(field, subject);
};

/** The value behind the source; undefined where the object on the way is missing. */
const sourceValue = (field: Field, { spec, record, objects }: Subject): Later<unknown> => {
  const dot = field.source.indexOf('.');
  if (dot < 0) return record[field.source];
  const through = field.source.slice(0, dot);
  const ref = valueText(record[through]);
  if (isNullRef(ref)) return undefined;
  return objects.record(linkedClass(spec.api, through), ref).then(other => other?.[field.source.slice(dot + 1)]);
};

/** The class behind a reference field that a source reads through. */
const linkedClass = (api: string, through: string): string => {
  if (through === 'metrics') return `${api}_metrics`;
  if (through === 'guest_metrics') return `${api}_guest_metrics`;
  return through === 'driver' || through === 'host_driver' ? 'Host_driver' : through;
};

const textOf = (field: Field, value: unknown, objects: Objects): Later<string> => {
  const { rest } = field;
  if (value === undefined) return rest.missing ?? NOT_IN_DATABASE;
  if (value === '' && rest.empty !== undefined) return rest.empty;
  const [kind = '', name = ''] = field.kind.split(' ');
  switch (kind) {
    case 'float':
      return Number(value).toFixed(3);
    case 'float5.1':
      return Number(value).toFixed(1).padStart(5);
    case 'quoted':
      return `'${valueText(value)}'`;
    case 'enum':
      return enumText(name, valueText(value));
    case 'lower':
      return lowerFirst(valueText(value));
    case 'uuid':
    case 'name':
      return memberText(kind, name, value, objects);
    case 'set':
    case 'set,':
    case 'uuids':
    case 'uuids,':
    case 'names':
      return joined(
        listOf(value).map(each => memberText(kind, name, each, objects)),
        kind.endsWith(',') ? ', ' : '; ',
      );
    case 'values':
      return Object.values(asRecord(value) ?? {})
        .map(each => enumText(name, valueText(each)))
        .join('; ');
    case 'map':
      return plainPairs(name, value)
        .map(([key, text]) => `${key}: ${text}`)
        .join('; ');
    case 'refmap':
      return pairsOf(field.kind, value, objects).then(pairs => pairs.map(([key, text]) => `${key}: ${text}`).join('; '));
    default:
      return `${valueText(value)}${rest.suffix ?? ''}`;
  }
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const joined = (texts: readonly Later<string>[], separator: string): Later<string> => {
  const ready = texts.filter(text => typeof text === 'string');
  if (ready.length === texts.length) return ready.join(separator);
  return Promise.all(texts.map(async text => await text)).then(all => all.join(separator));
};

const memberText = (kind: string, name: string, value: unknown, objects: Objects): Later<string> => {
  const ref = valueText(value);
  switch (kind) {
    case 'uuid':
    case 'uuids':
    case 'uuids,':
      return isNullRef(ref) ? NOT_IN_DATABASE : objects.uuid(name, ref).then(uuid => uuid ?? NOT_IN_DATABASE);
    case 'name':
    case 'names':
      return isNullRef(ref) ? NOT_IN_DATABASE : objects.name(name, ref).then(label => label ?? NOT_IN_DATABASE);
    default:
      return enumText(name, ref);
  }
};

const plainPairs = (keyEnum: string, value: unknown): readonly (readonly [string, string])[] =>
  Object.entries(asRecord(value) ?? {}).map(([key, each]) => [enumText(keyEnum, key), valueText(each)]);

const pairsOf = async (fieldKind: string, value: unknown, objects: Objects): Promise<readonly (readonly [string, string])[]> => {
  const [kind = '', name = ''] = fieldKind.split(' ');
  if (kind !== 'refmap') return plainPairs(name, value);
  const entries = Object.entries(asRecord(value) ?? {});
  return await Promise.all(
    entries.map(
      async ([key, ref]): Promise<readonly [string, string]> => [key, (await objects.uuid(name, valueText(ref))) ?? NOT_IN_DATABASE],
    ),
  );
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
