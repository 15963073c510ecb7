// Filters of lists and selectors: `field=value`, `map:key=value` (old form `map-key=value`), `set:contains=value`. All have to match,
// one after the other; a field that does not exist is an error only while an object is left to ask it of.

import { CommandError } from '../exit.ts';
import { expressionFor } from './fetch.ts';
import { all, type Later, whenHere } from './later.ts';
import { type Field, isMap, isSet } from './spec.ts';
import { fetchLinked, fieldText, memberTexts, pairTexts, type Subject } from './value.ts';

export type Filter = readonly [key: string, value: string];

type Test =
  | { readonly kind: 'text'; readonly field: Field }
  | { readonly kind: 'member'; readonly field: Field }
  | { readonly kind: 'pair'; readonly field: Field; readonly key: string }
  | { readonly kind: 'error'; readonly message: string; readonly among?: readonly string[] };

/** Those of `subjects` that match all `filters`. Throws CommandError. */
export const applyFilters = async (
  filters: readonly Filter[],
  fields: readonly Field[],
  subjects: readonly Subject[],
): Promise<readonly Subject[]> => {
  let left = subjects;
  for (const [key, value] of filters) {
    if (left.length === 0) return left;
    const test = testFor(key, fields);
    if (test.kind === 'error')
      throw new CommandError(test.message, { typos: [{ of: 'parameter', written: key, among: test.among ?? [] }] });
    if (test.kind === 'text') await fetchLinked([test.field], left);
    const verdicts = await all(left.map(subject => passes(test, value, subject)));
    left = left.filter((_, i) => verdicts[i]);
  }
  return left;
};

/** The field that a filter is about, if there is one. */
export const filteredField = (key: string, fields: readonly Field[]): Field | undefined => {
  const test = testFor(key, fields);
  return test.kind === 'error' ? undefined : test.field;
};

/** What the server can be asked for instead of filtering here. Nothing, if a filter names no field: then the error comes first. */
export const serverExpressions = (filters: readonly Filter[], fields: readonly Field[]): readonly string[] => {
  const tests = filters.map(([key, value]) => ({ test: testFor(key, fields), value }));
  if (tests.some(({ test }) => test.kind === 'error')) return [];
  return tests.flatMap(({ test, value }) => {
    const expression = test.kind === 'text' ? expressionFor(test.field, value) : undefined;
    return expression === undefined ? [] : [expression];
  });
};

const passes = (test: Exclude<Test, { kind: 'error' }>, value: string, subject: Subject): Later<boolean> => {
  switch (test.kind) {
    case 'text':
      return whenHere(fieldText(test.field, subject), text =>
        test.field.rest.foldCase === true ? text.toLowerCase() === value.toLowerCase() : text === value,
      );
    case 'member':
      return memberTexts(test.field, subject).then(texts => texts.includes(value));
    case 'pair':
      return pairTexts(test.field, subject).then(texts => texts.get(test.key) === value);
    default:
      return test satisfies never;
  }
};

const testFor = (key: string, fields: readonly Field[]): Test => {
  const exact = fields.find(field => field.name === key);
  if (exact !== undefined) return { kind: 'text', field: exact };
  const longest = fields
    .filter(field => (isMap(field) || isSet(field)) && key.startsWith(field.name) && /^[:-]/.test(key.slice(field.name.length)))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  if (longest !== undefined) return keyTest(longest, key.slice(longest.name.length + 1));
  const [name = ''] = key.split(':');
  const scalar = key.includes(':') ? fields.find(field => field.name === name) : undefined;
  if (scalar !== undefined) return { kind: 'error', message: `Field '${name}' is not a set or map` };
  return { kind: 'error', message: `Unknown field '${key}'`, among: fields.map(field => field.name) };
};

const keyTest = (field: Field, key: string): Test => {
  if (isMap(field)) return { kind: 'pair', field, key };
  return key === 'contains'
    ? { kind: 'member', field }
    : { kind: 'error', message: 'Invalid syntax for set filtering (should be set-param:contains=key)' };
};
