// From a command's name to its row and its handler. Only the group of the name's first word is loaded.

import type { Handler } from './context.ts';
import { genericHandler, genericRow, parseGeneric } from './table/generic.ts';
import type { CommandGroup, Row } from './table/row.ts';

export interface Command {
  readonly name: string;
  readonly row: Row;
  /** Nothing of it works without a session, so the login may begin while the rest is loaded. */
  readonly beginsWithLogin?: true;
  load(): Promise<Handler>;
}

/** The command, or undefined if there is none of that name. */
export const findCommand = async (name: string): Promise<Command | undefined> => {
  const generic = parseGeneric(name);
  const row = generic === undefined ? undefined : await genericRow(generic);
  if (generic !== undefined && row !== undefined) return { name, row, beginsWithLogin: true, load: () => genericHandler(generic) };
  if (name === 'help') return { name, row: helpRow, load: async () => (await import('./run/help.ts')).help };
  const { loadGroup } = await import('./table/groups.ts');
  const group = await loadGroup(name.split('-')[0] ?? '');
  return group === undefined ? undefined : commandOf(name, group);
};

const helpRow: Row = { summary: 'Explain commands.', optional: ['all', 'minimal'] };

export const commandOf = (name: string, group: CommandGroup): Command | undefined => {
  const row = Object.hasOwn(group.rows, name) ? group.rows[name] : undefined;
  if (row === undefined) return undefined;
  const { call } = row;
  if (call !== undefined) {
    return {
      name,
      row,
      load: async () => {
        const { runCall } = await import('./run/call.ts');
        return context => runCall(context, call);
      },
    };
  }
  const load = group.handlers[name];
  return load === undefined ? undefined : { name, row, load };
};
