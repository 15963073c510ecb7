// What `help` says without a look at the rows: the names of all commands and the usage text. They are written into the executable when
// it is built; without it they are made from the rows.

import type { Row } from './table/row.ts';

export interface HelpIndex {
  /** How to use the program, where it is called xcp. */
  readonly usage: string;
  /** Every command's name, in order, with its place in `help`. */
  readonly commands: ReadonlyMap<string, Row['help']>;
}

export const helpIndex = async (): Promise<HelpIndex> => {
  const built = process.env['XCP_HELP_INDEX'];
  if (built !== undefined) return decodeIndex(built);
  const { makeIndex } = await import('./run/help.ts');
  return await makeIndex();
};

/** The names in one line, each with its place behind a colon, then the usage text. */
export const encodeIndex = ({ usage, commands }: HelpIndex): string =>
  `${[...commands].map(([name, help]) => (help === undefined ? name : `${name}:${help}`)).join(' ')}\n${usage}`;

export const decodeIndex = (text: string): HelpIndex => {
  const end = text.indexOf('\n');
  const names = text.slice(0, end).split(' ');
  return { usage: text.slice(end + 1), commands: new Map(names.map(commandOf)) };
};

const commandOf = (word: string): [string, Row['help']] => {
  const [name = '', place] = word.split(':');
  return [name, place === 'common' || place === 'hidden' ? place : undefined];
};
