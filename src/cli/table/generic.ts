// The commands that every class has, made from its table of fields: list, param-list, param-get, param-set, param-add, param-remove,
// param-clear.

import type { Handler } from '../context.ts';
import { cliClasses, type CliClassName, isCliClass, loadRecord } from '../records/classes.ts';
import { clearing, type Field, fieldsOf, isKeySettable, isMap, isOpen, isSet, isSettable } from '../records/spec.ts';
import type { Row } from './row.ts';

export const genericVerbs = ['param-list', 'param-get', 'param-set', 'param-add', 'param-remove', 'param-clear', 'list'] as const;
export type GenericVerb = (typeof genericVerbs)[number];

export interface GenericCommand {
  readonly cls: CliClassName;
  readonly verb: GenericVerb;
}

/** What class and verb a name speaks of, if it is a generic command's. Whether the class has that verb is in its fields. */
export const parseGeneric = (name: string): GenericCommand | undefined => {
  for (const verb of genericVerbs) {
    const cls = name.endsWith(`-${verb}`) ? name.slice(0, -verb.length - 1) : '';
    if (isCliClass(cls)) return { cls, verb };
  }
  return undefined;
};

/** The row of a generic command, or undefined if no field of the class can do that. */
export const genericRow = async ({ cls, verb }: GenericCommand): Promise<Row | undefined> => {
  const fields = fieldsOf(await loadRecord(cliClasses[cls].record)).filter(field => field.rest.hidden !== true);
  return rowMakers[verb](cls, fields);
};

const rowMakers: Readonly<Record<GenericVerb, (cls: CliClassName, fields: readonly Field[]) => Row | undefined>> = {
  list: (cls, fields) => ({
    summary: `List the objects of class ${cls}; every field=value filters.`,
    optional: ['params', 'database:', ...fields.map(field => field.name), ...fields.filter(isSet).map(field => `${field.name}:contains`)],
    ...(cliClasses[cls].common === true ? { help: 'common' as const } : {}),
  }),
  'param-list': cls => ({ summary: `Show all fields of one ${cls}.`, required: ['uuid'], optional: ['database:'] }),
  'param-get': cls => ({
    summary: `Show one field of one ${cls}.`,
    required: ['uuid', 'param-name'],
    optional: ['param-key', 'database:'],
  }),
  'param-set': (cls, fields) => {
    const plain = fields.filter(isSettable).map(field => field.name);
    const keyed = fields.filter(field => isMap(field) && isKeySettable(field)).map(field => `${field.name}:`);
    const optional = [...plain, ...keyed];
    return optional.length === 0 ? undefined : { summary: `Set fields of one ${cls}.`, required: ['uuid'], optional };
  },
  'param-add': (cls, fields) =>
    fields.some(isOpen)
      ? { summary: `Add to a set or a map of one ${cls}.`, required: ['uuid', 'param-name'], optional: ['param-key'] }
      : undefined,
  'param-remove': (cls, fields) =>
    fields.some(isOpen)
      ? { summary: `Remove from a set or a map of one ${cls}.`, required: ['uuid', 'param-name', 'param-key'] }
      : undefined,
  'param-clear': (cls, fields) =>
    fields.some(field => clearing(field) !== 'never' || isSet(field) || isMap(field))
      ? { summary: `Empty a field of one ${cls}.`, required: ['uuid', 'param-name'] }
      : undefined,
};

export const genericHandler = async ({ cls, verb }: GenericCommand): Promise<Handler> => {
  switch (verb) {
    case 'list': {
      const { runList } = await import('../run/generic/list.ts');
      return context => runList(context, cliClasses[cls]);
    }
    case 'param-list': {
      const { runParamList } = await import('../run/generic/show.ts');
      return context => runParamList(context, cliClasses[cls]);
    }
    case 'param-get': {
      const { runParamGet } = await import('../run/generic/show.ts');
      return context => runParamGet(context, cliClasses[cls]);
    }
    case 'param-set': {
      const { runParamSet } = await import('../run/generic/set.ts');
      return context => runParamSet(context, cliClasses[cls]);
    }
    case 'param-add':
    case 'param-remove': {
      const { runParamAdd, runParamRemove } = await import('../run/generic/members.ts');
      return context => (verb === 'param-add' ? runParamAdd : runParamRemove)(context, cliClasses[cls]);
    }
    case 'param-clear': {
      const { runParamClear } = await import('../run/generic/clear.ts');
      return context => runParamClear(context, cliClasses[cls]);
    }
    default:
      return verb satisfies never;
  }
};
