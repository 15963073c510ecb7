// `help`, the usage text, and names that are nearly right. All of it is read from the rows, or from the index that was made of them.

import { XenError } from '../../model/error.ts';
import { commandOf, findCommand } from '../commands.ts';
import type { Context, Handler } from '../context.ts';
import { type HelpIndex, helpIndex } from '../help-index.ts';
import { cliClasses } from '../records/classes.ts';
import { genericVerbs } from '../table/generic.ts';
import { groups } from '../table/groups.ts';
import { nearest } from '../similar.ts';
import type { Row } from '../table/row.ts';

const OWN_NAME = 'xcp';

/** How to use the program, in few lines. */
export const usageText = async (program: string): Promise<string> =>
  program === OWN_NAME ? (await helpIndex()).usage : await makeUsage(program);

export const makeIndex = async (): Promise<HelpIndex> => ({
  usage: await makeUsage(OWN_NAME),
  commands: new Map([...(await allCommands())].map(([name, row]): [string, Row['help']] => [name, row.help])),
});

const makeUsage = async (program: string): Promise<string> => {
  const { Command } = await import('commander');
  const usage = new Command(program)
    .usage('<command> [name=value ...] [--minimal] [options]')
    .description(`The command line of a XenAPI server. '${program} help' names the commands, '${program} help <command>' explains one.`)
    .helpOption(false)
    .option('-s <server>', 'server: host, host:port, https://host or unix:/path (default: this host; or XCP_SERVER)')
    .option('-p <port>', 'port of the server')
    .option('-u <user>', 'user name (default: root)')
    .option('--password <password>', 'password; also -pw <password>, or -pwf <file> with user name and password on two lines')
    .option('--fingerprint <sha256>', "the server's certificate")
    .option('--ca-file <file>', "the CA that signed the server's certificate")
    .option('--insecure', 'do not check the certificate')
    .option('--nossl', 'no encryption')
    .option('--version', 'show the version');
  return [usage.helpInformation().trimEnd(), `Examples:\n${firstLines.map(line => `  ${program} ${line}`).join('\n')}`].join('\n\n');
};

/** What somebody types first. */
const firstLines = [
  'vm-list power-state=running',
  'vm-start vm=web01',
  'vm-migrate vm=web01 remote-master=host2 remote-username=root --live',
  'vm-migrate --help',
  'hostd --help',
  'help --all',
];

/** Every command with its row, by name. */
const allCommands = async (): Promise<ReadonlyMap<string, Row>> => {
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

export const help: Handler = async context => {
  const { args } = context;
  const wanted = args.list.map(([key]) => key).filter(key => !['all', 'minimal', 'username', 'password'].includes(key));
  if (args.get('minimal') === '') throw new XenError('INTERNAL_ERROR', ['INTERNAL_ERROR: [ Invalid_argument("bool_of_string") ]']);
  if (wanted.length === 0) return await listCommands(context, args.get('all') === 'true');
  for (const name of wanted) await explain(context, name);
};

/** With all its parameters. A program called `xe` has no commands of its own. */
const ownRow = async ({ io }: Context, name: string): Promise<Row | undefined> => {
  const row = io.programName === 'xe' ? undefined : (await import('../table/own.ts')).findOwn(name)?.row;
  return row === undefined ? undefined : { ...row, optional: [...(row.optional ?? []), ...(row.own ?? [])] };
};

const explain = async (context: Context, name: string): Promise<void> => {
  if (context.io.stdout.isTTY && context.io.programName !== 'xe' && !context.out.isMinimal) {
    const { helpText } = await import('./help/page.ts');
    const text = await helpText(name, context.io.stdout, context.io.env);
    if (text !== undefined) return context.out.note(text);
  }
  const row = name === 'help' ? undefined : ((await findCommand(name))?.row ?? (await ownRow(context, name)));
  if (row === undefined) {
    context.out.note(`Unknown command '${name}'`);
    return;
  }
  const optional = [...(row.optional ?? []), ...(row.selects === undefined ? [] : [`<${row.selects.slice(0, -1)}-selectors>`])];
  context.out.table([
    [
      ['command name        ', name],
      ['reqd params     ', (row.required ?? []).join(', ')],
      ['optional params ', optional.join(', ')],
      ['description     ', row.deprecated === undefined ? row.summary : `${row.summary} Deprecated: ${row.deprecated}.`],
    ],
  ]);
};

const listCommands = async (context: Context, all: boolean): Promise<void> => {
  const { io, out } = context;
  const visible = [...(await helpIndex()).commands].filter(([, place]) => place !== 'hidden');
  const common = visible.filter(([, place]) => place === 'common').map(([name]) => name);
  if (out.isMinimal) {
    out.lines(all ? visible.map(([name]) => name) : common);
    return;
  }
  out.note(await usageText(io.programName));
  const sections: readonly (readonly [string, readonly string[]])[] = all
    ? [
        ['host', visible.map(([name]) => name).filter(name => name.startsWith('host-'))],
        ['vm', visible.map(([name]) => name).filter(name => name.startsWith('vm-'))],
        ['other', visible.map(([name]) => name).filter(name => !/^(host|vm)-/.test(name))],
      ]
    : [['Common', common]];
  for (const [title, names] of sections) {
    const heading = `${title.charAt(0).toUpperCase()}${title.slice(1)} command list`;
    out.note(`${heading}\n${'-'.repeat(heading.length)}\n\n${wrapped(names)}`);
  }
};

const INDENT = '    ';
const WIDTH = 75;

/** Names side by side, a new line before one would go beyond the width. */
const wrapped = (names: readonly string[]): string => {
  const lines: string[] = [];
  let line = INDENT;
  for (const name of names) {
    const longer = line === INDENT ? `${line}${name}` : `${line}, ${name}`;
    if (longer.length > WIDTH && line !== INDENT) {
      lines.push(line);
      line = `${INDENT}${name}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join('\n');
};

/** Commands whose names differ from `name` by a few letters, the nearest first. */
export const similarCommands = async (name: string): Promise<readonly string[]> => {
  const { ownRows } = await import('../table/own.ts');
  const own = Object.keys(ownRows).filter(each => ownRows[each]?.help !== 'hidden');
  return nearest(name, [...(await helpIndex()).commands.keys(), ...own]);
};
