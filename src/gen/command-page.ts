// The page of a group of commands: all that begin with the same class or word.

import { cliClasses, isCliClass, loadRecord } from '../cli/records/classes.ts';
import { type Field, fieldsOf } from '../cli/records/spec.ts';
import { parseGeneric } from '../cli/table/generic.ts';
import { withChoices, written } from '../cli/table/describe.ts';
import { exampleLines } from '../cli/table/examples/index.ts';
import { groupOf } from '../cli/table/manual.ts';
import { fieldMeaning } from '../cli/table/meanings/fields.ts';
import { meaningOf } from '../cli/table/meanings/index.ts';
import { selectorMeaning } from '../cli/table/meanings/selectors.ts';
import { type ParamInfo, paramsOf, rowName } from '../cli/table/params.ts';
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
    const group = groupOf(name);
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
    blocks: [heading('Commands'), ...blocks.flat(), ...(await fieldBlocks(group.name)), heading('See also'), text(SEE_ALSO)],
  };
};

const SEE_ALSO =
  'xcp(1): options that every command takes, forms of output, names in place of uuids, exit codes. `xcp COMMAND --help` has what is above of one command.';

/** A command: what it does, lines to type, what each parameter means. */
export const commandBlocks = async (name: string, row: Row): Promise<readonly Block[]> => {
  const params = await paramsOf(name, row);
  const verb = parseGeneric(name)?.verb;
  const notFields = verb === 'list' || verb === 'param-set' ? beside[verb] : undefined;
  const chosen = params.filter(
    ({ name: param, need }) => need !== 'selector' && param !== '' && (notFields === undefined || notFields.includes(param)),
  );
  const described = await Promise.all(chosen.map(param => termOf(name, param)));
  return [
    subheading(name),
    text(`${row.summary}${row.deprecated === undefined ? '' : ` Deprecated: ${row.deprecated}.`}`),
    code((await exampleLines(name, row, params)).join('\n')),
    ...(described.length === 0 ? [] : [terms(described)]),
    ...(verb === 'list' || verb === 'param-set' ? [text(fieldWords[verb])] : []),
    ...(row.selects === undefined ? [] : [text(selectorMeaning(row))]),
    ...(row.call === undefined
      ? []
      : [text(`Calls \`${row.call.message}\`${row.call.forced === undefined ? '' : `, with \`--force\` \`${row.call.forced}\``}.`)]),
  ];
};

/** Parameters that are no fields. */
const beside: Readonly<Record<'list' | 'param-set', readonly string[]>> = { list: ['params', 'database'], 'param-set': ['uuid'] };

const fieldWords = {
  list: 'Every field below filters: `FIELD=VALUE`, of a map `FIELD:KEY=VALUE`, of a set `FIELD:contains=VALUE`.',
  'param-set': 'Sets every field below that can be changed: `FIELD=VALUE`, of a map `FIELD:KEY=VALUE`.',
} as const;

const termOf = async (command: string, param: ParamInfo): Promise<readonly [string, string]> => {
  const meaning = withChoices(meaningOf(command, rowName(param)) ?? '', param);
  return [await written(command, param), `${param.need === 'required' ? 'Required. ' : ''}${meaning}`];
};

const fieldBlocks = async (group: string): Promise<readonly Block[]> => {
  if (!isCliClass(group)) return [];
  const fields = fieldsOf(await loadRecord(cliClasses[group].record)).filter(field => field.rest.hidden !== true);
  return [heading('Fields'), terms(fields.map(field => [field.name, describeField(group, field)]))];
};

const describeField = (cls: string, field: Field): string => {
  const [kind = '', detail = ''] = field.kind.split(' ');
  const shape = { S: 'set', M: 'map' }[field.mode.charAt(0)] ?? shapes[kind] ?? 'text';
  const access = field.mode.endsWith('W') || field.rest.set !== undefined ? CHANGED : 'read only';
  const of = ['uuid', 'uuids', 'uuids,', 'name', 'names'].includes(kind) ? ` of ${detail}` : '';
  const notes = [...(field.rest.expensive === true ? ['not in lists'] : []), ...(field.rest.deprecated === true ? ['deprecated'] : [])];
  const meaning = access === CHANGED ? fieldMeaning(cls, field.name) : undefined;
  return `${[`${shape}${of}`, access, ...notes].join(', ')}${meaning === undefined ? '' : `. ${meaning}`}`;
};

const CHANGED = 'can be changed';

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
