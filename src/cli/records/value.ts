// A field of an object as text. What is in the record itself is rendered at once; what is behind a reference is fetched.

import { isNullRef } from '../../lib/brand.ts';
import { valueText } from '../../client/values.ts';
import type { Session } from '../../client/session.ts';
import { enumText } from './enums.ts';
import { all, type Later, whenHere } from './later.ts';
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

/** The text of the whole field. */
export const fieldText = (field: Field, subject: Subject): Later<string> => {
  if (field.kind === 'computed') return computedText(field, subject);
  if (field.through === undefined) return textOf(field, subject.record[field.source], subject.objects);
  return whenHere(sourceValue(field, subject), value => textOf(field, value, subject.objects));
};

/** Asks for all objects that the fields of the subjects refer to, in one round; their texts are then had without waiting. */
export const fetchLinked = async (fields: readonly Field[], subjects: readonly Subject[]): Promise<void> => {
  const links = new Map<string, Link>();
  for (const { rest, form, of, source, through } of fields) {
    if (rest.expensive === true) continue;
    if (through !== undefined) links.set(through.field, { source: through.field, cls: through.cls });
    else if (linkForms.has(form)) links.set(source, { source, cls: of });
  }
  const waiting: Promise<unknown>[] = [];
  for (const { source, cls } of links.values()) {
    for (const { record, objects } of subjects) {
      const value = record[source];
      for (const ref of Array.isArray(value) ? value : [value]) {
        const linked = objects.record(cls, valueText(ref));
        if (linked instanceof Promise) waiting.push(linked);
      }
    }
  }
  await Promise.all(waiting);
};

interface Link {
  readonly source: string;
  readonly cls: string;
}

/** Forms whose text is that of the objects referred to. */
const linkForms: ReadonlySet<string> = new Set(['uuid', 'name', 'uuids', 'uuids,', 'names']);

const throughObject = ({ field, cls }: NonNullable<Field['through']>, { record, objects }: Subject): Later<ApiRecord | undefined> =>
  objects.record(cls, valueText(record[field]));

/** The members of a set as texts. */
export const memberTexts = async (field: Field, subject: Subject): Promise<readonly string[]> => {
  if (field.kind === 'computed') return (await computedText(field, subject)).split('; ').filter(text => text !== '');
  const value = await sourceValue(field, subject);
  const { form, of } = field;
  if (form === 'values') return Object.values(asRecord(value) ?? {}).map(each => enumText(of, valueText(each)));
  return await all(listOf(value).map(each => memberText(form, of, each, subject.objects)));
};

/** The pairs of a map as texts. */
export const pairTexts = async (field: Field, subject: Subject): Promise<ReadonlyMap<string, string>> => {
  if (field.kind === 'computed') return new Map((await computedText(field, subject)).split('; ').map(pairOf));
  return new Map(await pairsOf(field, await sourceValue(field, subject), subject.objects));
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
export const sourceValue = ({ through, source }: Field, subject: Subject): Later<unknown> =>
  through === undefined ? subject.record[source] : whenHere(throughObject(through, subject), other => other?.[through.leaf]);

const textOf = (field: Field, value: unknown, objects: Objects): Later<string> => {
  const { rest, form, of } = field;
  if (value === undefined) return rest.missing ?? NOT_IN_DATABASE;
  if (value === '' && rest.empty !== undefined) return rest.empty;
  switch (form) {
    case 'float':
      return Number(value).toFixed(3);
    case 'float5.1':
      return Number(value).toFixed(1).padStart(5);
    case 'quoted':
      return `'${valueText(value)}'`;
    case 'enum':
      return enumText(of, valueText(value));
    case 'lower':
      return lowerFirst(valueText(value));
    case 'uuid':
    case 'name':
      return memberText(form, of, value, objects);
    case 'set':
    case 'set,':
    case 'uuids':
    case 'uuids,':
    case 'names':
      return joined(
        listOf(value).map(each => memberText(form, of, each, objects)),
        form.endsWith(',') ? ', ' : '; ',
      );
    case 'values':
      return Object.values(asRecord(value) ?? {})
        .map(each => enumText(of, valueText(each)))
        .join('; ');
    case 'map':
      return plainPairs(of, value)
        .map(([key, text]) => `${key}: ${text}`)
        .join('; ');
    case 'refmap':
      return whenHere(pairsOf(field, value, objects), pairs => pairs.map(([key, text]) => `${key}: ${text}`).join('; '));
    default:
      return `${valueText(value)}${rest.suffix ?? ''}`;
  }
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const joined = (texts: readonly Later<string>[], separator: string): Later<string> => whenHere(all(texts), ready => ready.join(separator));

const memberText = (form: string, of: string, value: unknown, objects: Objects): Later<string> => {
  const ref = valueText(value);
  switch (form) {
    case 'uuid':
    case 'uuids':
    case 'uuids,':
      return isNullRef(ref) ? NOT_IN_DATABASE : whenHere(objects.uuid(of, ref), uuid => uuid ?? NOT_IN_DATABASE);
    case 'name':
    case 'names':
      return isNullRef(ref) ? NOT_IN_DATABASE : whenHere(objects.name(of, ref), label => label ?? NOT_IN_DATABASE);
    default:
      return enumText(of, ref);
  }
};

type Pair = readonly [key: string, text: string];

const plainPairs = (keyEnum: string, value: unknown): readonly Pair[] =>
  Object.entries(asRecord(value) ?? {}).map(([key, each]) => [enumText(keyEnum, key), valueText(each)]);

const pairsOf = ({ form, of }: Field, value: unknown, objects: Objects): Later<readonly Pair[]> => {
  if (form !== 'refmap') return plainPairs(of, value);
  const entries = Object.entries(asRecord(value) ?? {});
  return all(entries.map(([key, ref]) => whenHere(objects.uuid(of, valueText(ref)), (uuid): Pair => [key, uuid ?? NOT_IN_DATABASE])));
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
