// Every command once, through the program, against a host on the simulator, with arguments that look right: it succeeds or says in
// words why not. None crashes, prints a stack or hangs, and the host is none the worse.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findCommand } from '../../../src/cli/commands.ts';
import { cliClasses, isCliClass } from '../../../src/cli/records/classes.ts';
import { genericVerbs } from '../../../src/cli/table/generic.ts';
import { groups } from '../../../src/cli/table/groups.ts';
import type { Row } from '../../../src/cli/table/row.ts';
import { inTurn } from '../../../src/lib/in-turn.ts';
import { type Outcome, runProgram, startSimulatedHost } from '../../support/program.ts';

const AT_ONCE = 4;
const NOWHERE = '00000000-dead-beef-0000-000000000000';

/** What ends things comes last, so that there is something to ask about before. */
const ending = /(shutdown|reboot|restart|destroy|forget|uninstall|eject|remove|disable|reset|restore|dead|emergency|join|logout)/;

const marks: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a stack', /^\s+at .*[:(]\d+:\d+\)?$/m],
  [
    'a fault of the program',
    /\b(TypeError|RangeError|ReferenceError|SyntaxError|Cannot read properties|is not a function|is not iterable)\b/,
  ],
  ['a value of no type', /\[object Object\]|\bundefined\b|\bNaN\b/],
  // Servers say in these words that a call is not for clients; nothing failed.
  ['a fault of the server', /The server failed in a way that it should not\.\n(?!message: \S+ is for members of a pool)/],
];

test('every command runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-e2e-'));
  try {
    await using host = await startSimulatedHost(folder);
    const xcp = (args: readonly string[]): Promise<Outcome> =>
      runProgram(args, { env: { XCP_SERVER: host.server, HOME: folder }, cwd: folder, timeoutMs: 30_000 });
    await furnish(xcp);
    await writeFile(join(folder, 'file'), 'not much\n');
    const guess = await guesser(xcp);
    const commands = await allRows();
    const problems: string[] = [];
    const run = async ([name, row]: readonly [string, Row]): Promise<void> => {
      const args = [name, ...(row.required ?? []).map(param => `${param}=${guess(name, param)}`), ...(extra[name] ?? [])];
      const said = await xcp(args);
      const found = marks.filter(([, pattern]) => pattern.test(said.stderr)).map(([what]) => what);
      if (said.exit === null) found.push('it did not end');
      else if (said.exit !== 0 && said.stderr.trim() === '' && said.stdout.trim() === '') found.push('it fails without a word');
      if (found.length > 0) problems.push(`${args.join(' ')}: ${found.join(', ')}\n${said.stderr.slice(0, 600)}`);
    };
    const [first, last] = [commands.filter(([name]) => !ending.test(name)), commands.filter(([name]) => ending.test(name))];
    await inTurn([...first, ...last.filter(([name]) => !endsTheAgent.has(name))], AT_ONCE, run);
    problems.push(...faultsOf(host.log()));
    if (!host.isRunning()) problems.push('the host ended');
    for (const each of commands.filter(([name]) => endsTheAgent.has(name))) await run(each);
    expect(problems.join('\n\n')).toBe('');
    expect(commands.length).toBeGreaterThan(600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 600_000);

const endsTheAgent: ReadonlySet<string> = new Set(['host-shutdown-agent']);

/** What keeps a command from waiting for ever, or asks it for more than its name. */
const extra: Readonly<Record<string, readonly string[]>> = {
  'event-wait': ['class=pool', 'name-label=/=no such name'],
  'vm-import': ['filename=file'],
};

const faultsOf = (log: string): readonly string[] =>
  log
    .split('\n')
    .filter(line => line.includes('"level":"error"') || line.includes('a fault of hostd'))
    .map(line => `the host says: ${line.slice(0, 600)}`);

const allRows = async (): Promise<readonly (readonly [string, Row])[]> => {
  const loaded = await Promise.all(Object.values(groups).map(load => load()));
  const own = loaded.flatMap(group => Object.entries(group.rows));
  const names = Object.keys(cliClasses).flatMap(cls => genericVerbs.map(verb => `${cls}-${verb}`));
  const generic = await Promise.all(names.map(async name => [name, (await findCommand(name))?.row] as const));
  return [...own, ...generic.flatMap(([name, row]) => (row === undefined ? [] : [[name, row] as const]))];
};

/** A few objects to be asked about. */
const furnish = async (xcp: (args: readonly string[]) => Promise<Outcome>): Promise<void> => {
  const sr = (await xcp(['sr-list', '--minimal'])).stdout.trim().split(',')[0] ?? '';
  for (const args of [
    ['vm-install', 'new-name-label=one', 'template=Other install media', `sr-uuid=${sr}`],
    ['vdi-create', `sr-uuid=${sr}`, 'name-label=disk', 'virtual-size=64MiB'],
    ['network-create', 'name-label=net'],
    ['secret-create', 'value=s'],
    ['message-create', 'name=n', 'priority=3', 'body=b', `pool-uuid=${(await xcp(['pool-list', '--minimal'])).stdout.trim()}`],
  ]) {
    const said = await xcp(args);
    expect([args, said.stderr, said.exit]).toEqual([args, '', 0]);
  }
};

/** A value for a parameter: an object of its class, if there is one, else what its name suggests. */
const guesser = async (xcp: (args: readonly string[]) => Promise<Outcome>): Promise<(command: string, param: string) => string> => {
  const objects = new Map<string, string>();
  for (const cls of Object.keys(cliClasses)) {
    const first = (await xcp([`${cls}-list`, 'params=uuid', '--minimal'])).stdout.trim().split(',')[0] ?? '';
    objects.set(cls, first === '' ? NOWHERE : first);
  }
  const uuid = (words: readonly string[]): string => {
    for (let count = words.length; count > 0; count -= 1) {
      const name = words.slice(0, count).join('-');
      if (isCliClass(name)) return objects.get(name) ?? NOWHERE;
    }
    return NOWHERE;
  };
  return (command, param) => {
    if (param === 'uuid' && command.endsWith('-introduce')) return NOWHERE;
    if (param === 'uuid') return uuid(command.split('-'));
    if (/-uuids?$/.test(param)) return uuid(param.split('-').slice(0, -1));
    if (/file|certificate|private-key/.test(param)) return /export|dump|backup|get|audit|status/.test(command) ? `out-${command}` : 'file';
    if (param === 'burst-size') return '5';
    if (/size|memory|min|max|target|allocation|quantum/.test(param)) return '1GiB';
    if (param === 'param-name') return 'uuid';
    if (/^(force|value|enabled|ca|ldaps|update|default)$/.test(param)) return 'true';
    if (/address|master|server/.test(param)) return '192.0.2.1';
    return '1';
  };
};
