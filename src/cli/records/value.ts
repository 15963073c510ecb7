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
  return whenHere(sourceValue(field, subject), value => textOf(field, value, subject.objects));
};

/** Asks for all objects that the fields of the subjects refer to, in one round; their texts are then had without waiting. */
export const fetchLinked = async (fields: readonly Field[], subjects: readonly Subject[]): Promise<void> => {
  const linking = fields.filter(field => field.rest.expensive !== true && (field.through !== undefined || linkForms.has(field.form)));
  const waiting: Promise<unknown>[] = [];
  const seen = new Set<string>();
  for (const field of linking) {
    const link = `${field.through ?? field.source} ${field.through === undefined ? field.of : ''}`;
    if (seen.has(link)) continue;
    seen.add(link);
    for (const subject of subjects) {
      const linked = field.through === undefined ? members(field, subject) : throughObject(field.through, subject);
      if (linked instanceof Promise) waiting.push(linked);
    }
  }
  await Promise.all(waiting);
};

/** Forms whose text is that of the objects referred to. */
const linkForms: ReadonlySet<string> = new Set(['uuid', 'name', 'uuids', 'uuids,', 'names']);

const members = ({ source, of }: Field, { record, objects }: Subject): Later<unknown> => {
  const value = record[source];
  return Array.isArray(value) ? all(value.map(each => objects.record(of, valueText(each)))) : objects.record(of, valueText(value));
};

const throughObject = (through: string, { spec, record, objects }: Subject): Later<ApiRecord | undefined> =>
  objects.record(linkedClass(spec.api, through), valueText(record[through]));

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
export const sourceValue = (field: Field, subject: Subject): Later<unknown> =>
  field.through === undefined
    ? subject.record[field.source]
    : whenHere(throughObject(field.through, subject), other => other?.[field.leaf]);

/** The class behind a reference field that a source reads through. */
const linkedClass = (api: string, through: string): string => {
  if (through === 'metrics') return `${api}_metrics`;
  if (through === 'guest_metrics') return `${api}_guest_metrics`;
  return through === 'driver' || through === 'host_driver' ? 'Host_driver' : through;
};

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
