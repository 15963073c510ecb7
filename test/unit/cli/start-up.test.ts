// What every command pays for: the files that are loaded before the command is known. Nothing gets in here unnoticed.

import { expect, test } from '@jest/globals';
import { importsOf } from '../../architecture/imports.ts';

const closure = (entry: string): ReadonlySet<string> => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    if (!file.startsWith('src/')) return;
    for (const { to, kind } of importsOf(file)) if (kind === 'static') visit(to);
  };
  visit(entry);
  return seen;
};

test('the entry of the command line reaches these files and no others', () => {
  expect([...closure('src/cli/main.ts')].sort()).toEqual([
    'node:fs',
    'src/cli/args.ts',
    'src/cli/argv.ts',
    'src/cli/commands.ts',
    'src/cli/execute.ts',
    'src/cli/exit.ts',
    'src/cli/main.ts',
    'src/cli/printer.ts',
    'src/cli/process-io.ts',
    'src/cli/rc.ts',
    'src/cli/records/classes.ts',
    'src/cli/records/spec.ts',
    'src/cli/table/generic.ts',
    'src/client/errors.ts',
    'src/lib/size.ts',
    'src/model/error.ts',
  ]);
});

test('a connection over the local socket needs neither node:net nor node:tls nor node:http', () => {
  const reached = [...closure('src/cli/connection.ts')].filter(file => file.startsWith('node:'));
  expect(reached.sort()).toEqual(['node:fs', 'node:fs/promises', 'node:os', 'node:path']);
});
