// `help COMMAND` for people at a terminal, and `COMMAND --help`: what it does, lines to type, what each parameter means, where to read on.
// Scripts, and a program called `xe`, get the record that they know.

import { Chalk } from 'chalk';
import { findCommand } from '../../commands.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Io, OutputStream } from '../../io.ts';
import { broken, definitions, unbroken, wrapped, wrappedCommand } from '../../render/wrap.ts';
import { withChoices, written } from '../../table/describe.ts';
import { exampleLines } from '../../table/examples/index.ts';
import { parseGeneric } from '../../table/generic.ts';
import { manualPage, neighbours } from '../../table/manual.ts';
import { meaningOf } from '../../table/meanings/index.ts';
import { selectorMeaning } from '../../table/meanings/selectors.ts';
import { findOwn } from '../../table/own.ts';
import { type ParamInfo, paramsOf, rowName } from '../../table/params.ts';
import type { Row } from '../../table/row.ts';
import { optionsOf } from './options.ts';

const INDENT = '    ';
const MOST_LEFT = 28;
const DEFAULT_COLUMNS = 80;
const FEWEST_COLUMNS = 40;

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** As wide as the stream; undefined if there is no such command. */
export const helpText = async (name: string, stream: OutputStream, env: Io['env']): Promise<string | undefined> => {
  const command = (await findCommand(name)) ?? findOwn(name);
  if (command === undefined) return undefined;
  const { row } = command;
  const columns = stream.isTTY ? Math.max(stream.columns, FEWEST_COLUMNS) : DEFAULT_COLUMNS;
  const chalk = new Chalk({ level: stream.isTTY && (env['NO_COLOR'] ?? '') === '' ? 1 : 0 });
  const sections = [...(await useSections(name, row, columns)), ...(await moreSections(name, row, columns))];
  return [
    wrapped(`${row.summary}${row.deprecated === undefined ? '' : ` Deprecated: ${row.deprecated}.`}`, columns).join('\n'),
    ...sections.filter(({ lines }) => lines.length > 0).map(({ title, lines }) => `${chalk.bold(title)}\n${lines.join('\n')}`),
  ].join('\n\n');
};

/** How it is typed. */
const useSections = async (name: string, row: Row, columns: number): Promise<readonly Section[]> => {
  const params = await paramsOf(name, row);
  const fields = parseGeneric(name)?.verb === 'list' ? params.filter(isField) : [];
  const section = async (title: string, chosen: readonly ParamInfo[]): Promise<Section> => {
    const terms = chosen.map(async (param): Promise<readonly [string, string]> => [await written(name, param), spoken(name, param)]);
    return { title, lines: definitions(await Promise.all(terms), columns, { indent: INDENT, mostLeft: MOST_LEFT }) };
  };
  return [
    { title: 'Examples', lines: (await exampleLines(name, row, params)).flatMap(line => exampleText(line, columns)) },
    await section(
      'Required',
      params.filter(({ need }) => need === 'required'),
    ),
    await section(
      'Optional',
      params.filter(param => param.need === 'optional' && param.name !== '' && !fields.includes(param)),
    ),
    { title: 'Selectors', lines: row.selects === undefined ? [] : wrapped(selectorMeaning(row).replaceAll('`', ''), columns, INDENT) },
    { title: 'Filters', lines: fields.length === 0 ? [] : wrapped(filterText(fields), columns, INDENT) },
  ];
};

const exampleText = (line: string, columns: number): readonly string[] =>
  line.startsWith('#') ? wrapped(line, columns, INDENT, `${INDENT}# `) : wrappedCommand(line, columns, INDENT);

const isField = ({ name, need }: ParamInfo): boolean => need === 'optional' && name !== 'params' && name !== 'database';

const CONTAINS = ':contains';

const filterText = (fields: readonly ParamInfo[]): string => {
  const names = fields.map(({ name }) => name);
  const sets = names.filter(name => name.endsWith(CONTAINS)).map(name => name.slice(0, -CONTAINS.length));
  const contains = sets.length === 0 ? '' : ` FIELD${CONTAINS}=VALUE of the sets ${sets.join(', ')}.`;
  const plain = names.filter(name => !name.endsWith(CONTAINS) && !sets.includes(name));
  return `All have to match. FIELD=VALUE, or of a map FIELD:KEY=VALUE, of ${plain.join(', ')}.${contains}`;
};

const spoken = (command: string, param: ParamInfo): string =>
  withChoices(meaningOf(command, rowName(param)) ?? '', param).replaceAll('`', '');

/** What else there is. */
const moreSections = async (name: string, row: Row, columns: number): Promise<readonly Section[]> => {
  const codes = Object.entries(exitCodes).map(
    ([outcome, { code }]) => `${code} ${outcome.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)}`,
  );
  const calls =
    row.call === undefined
      ? []
      : [`It calls ${row.call.message}${row.call.forced === undefined ? '' : `, with --force ${row.call.forced}`}.`];
  return [
    { title: 'Options', lines: wrapped(optionsOf(name, row).map(unbroken).join(', '), columns, INDENT).map(broken) },
    {
      title: 'Exit codes',
      lines: wrapped(
        `0 or 1, as with xe. With XCP_EXIT_CODES=1, or an option that xe does not have: ${codes.map(unbroken).join(', ')}.`,
        columns,
        INDENT,
      ).map(broken),
    },
    { title: 'See also', lines: wrapped([...(await neighbours(name)), manualPage(name)].join(', '), columns, INDENT) },
    { title: 'XenAPI', lines: calls.flatMap(text => wrapped(text, columns, INDENT)) },
  ];
};
