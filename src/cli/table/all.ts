// Every command with its row, by name. For help, completion and pages; a command that runs loads its own group only.

import { commandOf, findCommand } from '../commands.ts';
import { cliClasses } from '../records/classes.ts';
import { genericVerbs } from './generic.ts';
import { groups } from './groups.ts';
import type { Row } from './row.ts';

export const allCommands = async (): Promise<ReadonlyMap<string, Row>> => {
  const loaded = await Promise.all(Object.values(groups).map(load => load()));
  const rows = loaded.flatMap(group =>
    Object.keys(group.rows).flatMap(name => [commandOf(name, group)].filter(each => each !== undefined)),
  );
  const generic = await Promise.all(
    Object.keys(cliClasses).flatMap(cls =>
      genericVerbs.map(async verb => {
        const command = await findCommand(`${cls}-${verb}`);
        return command === undefined ? [] : [command];
      }),
    ),
  );
  const all = [...rows, ...generic.flat()].map((command): readonly [string, Row] => [command.name, command.row]);
  return new Map(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
