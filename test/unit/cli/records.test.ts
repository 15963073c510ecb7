// The fields of the command line's classes, held against the published facts: none missing, in the same order, with the same labels,
// settable in the same way; what the lists show, and the texts of the enumerations.

import { describe, expect, test } from '@jest/globals';
import { cliClasses, isCliClass, loadRecord, type RecordName } from '../../../src/cli/records/classes.ts';
import { fieldsOf, isMap, isSettable } from '../../../src/cli/records/spec.ts';
import { readFacts } from '../../facts/facts.ts';

interface FieldFact {
  readonly name: string;
  readonly mode: string;
  readonly hidden?: boolean;
  readonly deprecated?: boolean;
  readonly expensive?: boolean;
  readonly key_get?: boolean;
  readonly param_set?: unknown;
}
interface Facts {
  readonly classes: readonly {
    readonly cli_class: string;
    readonly record: string;
    readonly api_class: string;
    readonly default_list_output: readonly string[] | 'all non-hidden, record order';
  }[];
  readonly records: readonly { readonly record: string; readonly api_class: string; readonly fields: readonly FieldFact[] }[];
}
const facts = readFacts<Facts>('xe-records');

const loaded = new Map<string, Awaited<ReturnType<typeof loadRecord>>>();
for (const { record } of Object.values(cliClasses)) loaded.set(record, await loadRecord(record));
const showsAll = (name: string): boolean => isCliClass(name) && cliClasses[name].shown.length === 0;
const recordNames: ReadonlyMap<string, RecordName> = new Map(
  facts.classes.flatMap(({ cli_class: name, record }) => (isCliClass(name) ? [[record, cliClasses[name].record] as const] : [])),
);

describe('the facts about the records of xe', () => {
  test('every class is here, for the same class of the API', () => {
    expect(Object.fromEntries(Object.entries(cliClasses).map(([name, { api }]) => [name, api]))).toEqual(
      Object.fromEntries(facts.classes.map(each => [each.cli_class, each.api_class])),
    );
  });

  // Records without a class of their own are seen through a command of another class.
  const listed = facts.records.filter(each => facts.classes.some(cls => cls.record === each.record));
  test.each(listed.map(each => [each.record, each] as const))('%s has the same fields', (record, fact) => {
    const name = recordNames.get(record);
    expect(name).toBeDefined();
    const fields = fieldsOf(loaded.get(name ?? '') ?? { api: '', fields: {} });
    const ours = fields.map(field => ({
      name: field.name,
      mode: field.mode,
      hidden: field.rest.hidden === true,
      deprecated: field.rest.deprecated === true,
      expensive: field.rest.expensive === true,
      keys: isMap(field),
      settable: isSettable(field),
    }));
    const theirs = fact.fields.map(field => ({
      name: field.name,
      mode: field.mode,
      hidden: field.hidden === true,
      deprecated: field.deprecated === true,
      expensive: field.expensive === true,
      keys: field.key_get === true,
      settable: field.param_set !== undefined,
    }));
    expect(ours).toEqual(theirs);
  });

  test('lists show the same fields', () => {
    const shown = (fact: Facts['classes'][number]): readonly string[] => {
      const name = fact.cli_class;
      if (!isCliClass(name)) return [];
      const fields = fieldsOf(loaded.get(cliClasses[name].record) ?? { api: '', fields: {} });
      const wanted: readonly string[] = cliClasses[name].shown;
      return fields
        .filter(field => field.rest.hidden !== true && (wanted.length === 0 || wanted.includes(field.name)))
        .map(field => `${field.name}${field.rest.expensive === true ? '!' : ''}`);
    };
    const different = facts.classes.filter(fact => {
      const wanted = fact.default_list_output;
      return typeof wanted === 'string' ? !showsAll(fact.cli_class) : JSON.stringify(shown(fact)) !== JSON.stringify(wanted);
    });
    expect(different.map(fact => [fact.cli_class, shown(fact), fact.default_list_output])).toEqual([]);
  });
});
