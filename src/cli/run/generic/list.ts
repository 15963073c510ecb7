// `<class>-list`: the objects that match all filters, with the fields that were asked for.

import type { Context } from '../../context.ts';
import { databaseSession } from '../../lookup.ts';
import type { Cell, Rows } from '../../printer.ts';
import { type CliClass, loadRecord } from '../../records/classes.ts';
import { fetchRecords } from '../../records/fetch.ts';
import { applyFilters, type Filter, serverExpressions } from '../../records/filter.ts';
import { Objects } from '../../records/objects.ts';
import { all as allOf, type Later } from '../../records/later.ts';
import { type Field, fieldLabel, fieldsOf } from '../../records/spec.ts';
import { fetchLinked, fieldText, type Subject } from '../../records/value.ts';
import { standardParams } from '../../selectors.ts';

export const EXPENSIVE = '<expensive field>';

export const runList = async (context: Context, cls: CliClass): Promise<number | void> => {
  const { args, own, out } = context;
  if (own !== undefined && (out.typed !== undefined || own.watch || own.wait)) {
    const { runOwnList } = await import('../own/list.ts');
    return await runOwnList(context, cls, own);
  }
  const spec = await loadRecord(cls.record);
  const fields = fieldsOf(spec);
  const defaults = cls.filters ?? [];
  const filters: readonly Filter[] = [...defaults, ...args.list.filter(([key]) => isFilter(key))];
  const all = args.get('all') === 'true';
  const session = await databaseSession(context);
  const records = await fetchRecords(session, cls.api, all ? [] : serverExpressions(filters, fields));
  const objects = new Objects(session);
  const subjects = records
    .filter(([, record]) => cls.api !== 'role' || (Array.isArray(record['subroles']) && record['subroles'].length > 0))
    .map(([ref, record]) => ({ ref, record, spec, objects, session }));
  const matching = await applyFilters(filters, fields, subjects);
  context.out.table(await tableOf(all ? subjects : matching, shownFields(fields, args.get('params'), cls.shown)));
};

export const isFilter = (key: string): boolean => !standardParams.has(key) && key !== 'params' && !key.startsWith('database:');

const shownFields = (fields: readonly Field[], params: string | undefined, defaults: readonly string[]): readonly Field[] => {
  const visible = fields.filter(field => field.rest.hidden !== true);
  // A class without a choice of its own shows all.
  if (params === 'all' || (params === undefined && defaults.length === 0)) return visible;
  const wanted = new Set(params === undefined ? defaults : params.split(','));
  return visible.filter(field => wanted.has(field.name));
};

/** One record per subject, cells in the order of the fields. */
export const tableOf = async (subjects: readonly Subject[], fields: readonly Field[]): Promise<readonly Rows[]> => {
  const columns = fields.map(field => ({ field, label: fieldLabel(field) }));
  await fetchLinked(fields, subjects);
  return await allOf(subjects.map(subject => allOf(columns.map(({ field, label }) => cellOf(field, label, subject)))));
};

const cellOf = (field: Field, label: string, subject: Subject): Later<Cell> => {
  const text = field.rest.expensive === true ? EXPENSIVE : fieldText(field, subject);
  return text instanceof Promise ? text.then((arrived): Cell => [label, arrived]) : [label, text];
};
