// The page of a group of commands: all that begin with the same class or word.

import { cliClasses, isCliClass, loadRecord } from '../cli/records/classes.ts';
import { type Field, fieldsOf } from '../cli/records/spec.ts';
import { parseGeneric } from '../cli/table/generic.ts';
import { example, meaning, placeholder } from '../cli/table/describe.ts';
import { commandClass, paramsOf } from '../cli/table/params.ts';
import type { Row } from '../cli/table/row.ts';
import { type Block, code, heading, type Page, subheading, terms, text } from './page.ts';

export interface Group {
  readonly name: string;
  readonly commands: readonly (readonly [name: string, row: Row])[];
}

/** Groups by name; every command is in one. */
export const groupsOf = (commands: ReadonlyMap<string, Row>): readonly Group[] => {
  const found = new Map<string, [string, Row][]>();
  for (const [name, row] of commands) {
    const group = commandClass(name) ?? name.split('-')[0] ?? name;
    const list = found.get(group) ?? [];
    list.push([name, row]);
    found.set(group, list);
  }
  return [...found].map(([name, list]) => ({ name, commands: list })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

export const groupPage = async (group: Group): Promise<Page> => {
  const blocks = await Promise.all(group.commands.map(([name, row]) => commandBlocks(name, row)));
  return {
    name: `xcp ${group.name}`,
    section: 1,
    summary: `The ${group.commands.length} commands about ${isCliClass(group.name) ? `objects of class ${cliClasses[group.name].api}` : group.name}.`,
    blocks: [heading('Commands'), ...blocks.flat(), ...(await fieldBlocks(group.name))],
  };
};

const commandBlocks = async (name: string, row: Row): Promise<readonly Block[]> => {
  const params = await paramsOf(name, row);
  const isList = parseGeneric(name)?.verb === 'list' || parseGeneric(name)?.verb === 'param-set';
  const described = isList ? params.filter(({ name: param }) => ['uuid', 'params', 'database'].includes(param)) : params;
  const selects =
    row.selects === undefined
      ? []
      : [text(`Acts on the ${row.selects.slice(0, -1).toUpperCase()}s that the selectors name; every field filters.`)];
  const needed = described
    .filter(param => param.need !== 'selector')
    .map(({ name: param, need, type }): readonly [string, string] => [
      `${param}${type.kind === 'map' ? ':KEY' : ''}=${placeholder(type)}`,
      `${need}. ${meaning(type)}`,
    ]);
  return [
    subheading(name),
    text(`${row.summary}${row.deprecated === undefined ? '' : ` Deprecated: ${row.deprecated}.`}`),
    code(example(name, row, params)),
    ...(needed.length === 0 ? [] : [terms(needed)]),
    ...selects,
    ...(row.call === undefined
      ? []
      : [text(`Calls \`${row.call.message}\`${row.call.forced === undefined ? '' : `, with \`--force\` \`${row.call.forced}\``}.`)]),
  ];
};

const fieldBlocks = async (group: string): Promise<readonly Block[]> => {
  if (!isCliClass(group)) return [];
  const fields = fieldsOf(await loadRecord(cliClasses[group].record)).filter(field => field.rest.hidden !== true);
  return [heading('Fields'), terms(fields.map(field => [field.name, fieldMeaning(field)]))];
};

const fieldMeaning = (field: Field): string => {
  const [kind = '', detail = ''] = field.kind.split(' ');
  const shape = { S: 'set', M: 'map' }[field.mode.charAt(0)] ?? shapes[kind] ?? 'text';
  const access = field.mode.endsWith('W') || field.rest.set !== undefined ? 'can be changed' : 'read only';
  const of = ['uuid', 'uuids', 'uuids,', 'name', 'names'].includes(kind) ? ` of ${detail}` : '';
  const notes = [...(field.rest.expensive === true ? ['not in lists'] : []), ...(field.rest.deprecated === true ? ['deprecated'] : [])];
  return [`${shape}${of}`, access, ...notes].join(', ');
};

const shapes: Readonly<Record<string, string>> = {
  bool: 'true or false',
  int: 'number',
  float: 'number',
  datetime: 'time',
  enum: 'word',
  lower: 'word',
  uuid: 'uuid',
  name: 'name',
};
