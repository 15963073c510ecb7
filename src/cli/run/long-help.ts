// `help COMMAND` for people at a terminal, and `COMMAND --help`: what it does, a line to type, and what each parameter takes. Scripts, and a
// program called `xe`, get the record that they know.

import { findCommand } from '../commands.ts';
import { example, meaning, placeholder } from '../table/describe.ts';
import { findOwn } from '../table/own.ts';
import { type ParamInfo, paramsOf } from '../table/params.ts';

/** A class has many fields; a page of them helps nobody. */
const MAX_PARAMS = 24;
const INDENT = 4;
const GAP = 2;

/** Undefined if there is no such command. */
export const helpText = async (name: string): Promise<string | undefined> => {
  const command = (await findCommand(name)) ?? findOwn(name);
  if (command === undefined) return undefined;
  const { row } = command;
  const params = await paramsOf(name, row);
  const lines = params.filter(({ need }) => need !== 'selector').map((param): readonly [string, string] => [written(param), said(param)]);
  const shown = lines.slice(0, MAX_PARAMS);
  const width = Math.max(0, ...shown.map(([left]) => left.length)) + GAP;
  const parts = [
    `${row.summary}${row.deprecated === undefined ? '' : ` Deprecated: ${row.deprecated}.`}`,
    `Example:\n${' '.repeat(INDENT)}${example(name, row, params)}`,
    ...(shown.length === 0
      ? []
      : [`Parameters:\n${shown.map(([left, right]) => `${' '.repeat(INDENT)}${left.padEnd(width)}${right}`).join('\n')}`]),
    ...(lines.length > shown.length ? [`${lines.length - shown.length} more are in the manual.`] : []),
    ...(row.selects === undefined
      ? []
      : [`It acts on the ${row.selects.slice(0, -1).toUpperCase()}s that the selectors name: every field filters.`]),
    ...(row.call === undefined ? [] : [`It calls ${row.call.message}.`]),
  ];
  return parts.join('\n\n');
};

const written = ({ name, type }: ParamInfo): string => `${name}${type.kind === 'map' ? ':KEY' : ''}=${placeholder(type)}`;

const said = ({ name, need, type }: ParamInfo): string =>
  `${need}; ${meaning(type)
    .replaceAll('`', '')
    .replace('--name', `--${name}`)
    .replace(/ of an object of class (\w+); its name does too.*/, ' of a $1, or its name')}`;
