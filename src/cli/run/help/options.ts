// Which of the options that stand beside parameters a command takes, in few words.

import { touchesManagement } from '../../execute.ts';
import { drawings, formats } from '../../own-options.ts';
import type { Row } from '../../table/row.ts';
import { hasDryRun } from '../own/dry-run.ts';

export const optionsOf = (command: string, row: Row): readonly string[] => {
  const isList = command.endsWith('-list');
  const own = [...(row.optional ?? []), ...(row.own ?? [])];
  return [
    `-o ${[...formats, ...(row.draws === true ? drawings : [])].join('|')}`,
    '--select FIELD,…',
    '--minimal',
    ...(isList ? ['--watch', '--wait'] : []),
    ...(row.selects === undefined || row.one === true ? [] : ['--multiple', '--parallel N']),
    ...(hasDryRun(command) && !own.includes('dry-run') ? ['--dry-run'] : []),
    ...(touchesManagement.has(command) ? ['--confirm-timeout SECONDS'] : []),
    '--timeout SECONDS',
    '--profile NAME',
    '-s SERVER',
    '-u USER',
    '-pwf FILE',
  ];
};
