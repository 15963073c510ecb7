// The command line: one command from the words that were typed to the exit code. Nothing is loaded that the command does not use.

import { existsSync } from 'node:fs';
import { type ConnectionOptions, type Invocation, parseInvocation, unknownCommand } from './argv.ts';
import { type Command, findCommand } from './commands.ts';
import { report, runCommand } from './execute.ts';
import { EXIT_FAILED, EXIT_OK, UsageError, usageHint } from './exit.ts';
import type { Io } from './io.ts';
import type { OwnStart } from './own-start.ts';
import { processIo } from './process-io.ts';
import { readRc, splitExtraArgs } from './rc.ts';
import type { Session } from '../client/session.ts';

/** Runs one command. Never rejects: what goes wrong is told on stderr. */
export const runCli = async (argv: readonly string[], io: Io): Promise<number> => {
  const rc = readRc(io.env['HOME']);
  if (rc.problem !== undefined) io.stderr.write(`${rc.problem}\n`);
  const asked = isOwn(argv, io);
  let own: OwnStart | undefined;
  try {
    const extra = splitExtraArgs(io.env['XE_EXTRA_ARGS'] ?? '');
    if (argv.length === 1 && argv[0] === '--version' && !isXe(io)) return await printVersion(io);
    if (asked) own = await (await import('./own-start.ts')).startOwn(argv, io);
    const invocation = parseInvocation({ argv: own?.words ?? argv, extra, rc: [...(own?.profileWords ?? []), ...rc.lines] });
    return await runInvocation(invocation, argv, own, io);
  } catch (error) {
    const code = error instanceof UsageError ? await pluginFor(argv, io) : undefined;
    return code ?? (await report(error, io, own?.options.fineExit ?? asked, undefined));
  }
};

const isXe = ({ programName }: Io): boolean => programName === 'xe';

const OWN_OPTION = /^(-o|-f|--(output|select|watch|wait|timeout|confirm-timeout|parallel|profile)(=.*)?)$/s;

/** Whether anything is asked for that `xe` does not know. Called `xe`, the program knows nothing of it either. */
const isOwn = (argv: readonly string[], io: Io): boolean => {
  if (isXe(io)) return false;
  const { XDG_CONFIG_HOME: config, HOME: home = '/', XCP_PROFILE: profile, XCP_EXIT_CODES: codes } = io.env;
  if (profile !== undefined || codes !== undefined || argv.some(word => OWN_OPTION.test(word))) return true;
  return existsSync(`${config ?? `${home}/.config`}/xcp/config.yaml`);
};

const printVersion = async (io: Io): Promise<number> => {
  const { version } = await import('./version.ts');
  io.stdout.write(`xcp ${version}\n`);
  return EXIT_OK;
};

const runInvocation = async (invocation: Invocation, argv: readonly string[], own: OwnStart | undefined, io: Io): Promise<number> => {
  switch (invocation.kind) {
    case 'usage':
      return await showUsage(invocation, argv, io);
    case 'protocol-version':
      io.stdout.write('ThinCLI protocol: 0.2\n');
      return EXIT_OK;
    case 'command':
      return await runNamed(invocation, argv, own, io);
    default:
      return invocation satisfies never;
  }
};

const showUsage = async ({ note, about }: Extract<Invocation, { kind: 'usage' }>, argv: readonly string[], io: Io): Promise<number> => {
  if (about !== undefined && !isXe(io)) {
    const { helpText } = await import('./run/help/page.ts');
    // Where nobody looks on, it goes where scripts expect the usage text.
    const stream = io.stdout.isTTY || io.stderr.isTTY ? io.stdout : io.stderr;
    const text = await helpText(about, stream, io.env);
    if (text !== undefined) stream.write(`${text}\n`);
    const code = text === undefined ? await pluginFor(argv, io) : EXIT_OK;
    if (code !== undefined) return code;
  }
  const { usageText } = await import('./run/help.ts');
  io.stderr.write(`${note === undefined ? '' : `${note}\n`}${await usageText(io.programName)}\n`);
  return EXIT_OK;
};

const runNamed = async (
  { name, params, connection }: Extract<Invocation, { kind: 'command' }>,
  argv: readonly string[],
  own: OwnStart | undefined,
  io: Io,
): Promise<number> => {
  const command = await commandNamed(name, io);
  if (command === undefined) return (await pluginFor(argv, io)) ?? (await refuseUnknown(name, own, io));
  let opened: Promise<Session> | undefined;
  const session = async ({ row }: Command): Promise<Session> => {
    const { openSession } = await import('./connection.ts');
    return await (opened ??= openSession(withOwn(connection, own), io, row.local === true));
  };
  try {
    return await runCommand(command, params, {
      io,
      connection: withOwn(connection, own),
      own: own?.options,
      takesNames: !isXe(io),
      session,
    });
  } finally {
    await opened?.then(
      found => found.logout(),
      () => undefined,
    );
  }
};

const withOwn = (connection: ConnectionOptions, own: OwnStart | undefined): ConnectionOptions => {
  const seconds = own?.options.confirmTimeoutSeconds;
  return seconds === undefined ? connection : { ...connection, confirmTimeoutSeconds: seconds };
};

const commandNamed = async (name: string, io: Io): Promise<Command | undefined> => {
  const command = await findCommand(name);
  if (command !== undefined || isXe(io)) return command;
  const { findOwn } = await import('./table/own.ts');
  return findOwn(name);
};

/** Runs `xcp-NAME` of the path, if there is one and NAME is no command. */
const pluginFor = async (argv: readonly string[], io: Io): Promise<number | undefined> => {
  const [name = ''] = argv;
  if (isXe(io) || !/^[a-z][a-z0-9-]*$/.test(name) || (await commandNamed(name, io)) !== undefined) return undefined;
  const { runPlugin } = await import('./run/own/plugin.ts');
  return await runPlugin(name, argv.slice(1), io);
};

const refuseUnknown = async (name: string, own: OwnStart | undefined, io: Io): Promise<number> => {
  io.stderr.write(`${unknownCommand(name).message}\n`);
  if (io.stderr.isTTY && !isXe(io)) {
    const { similarCommands } = await import('./run/help.ts');
    const similar = await similarCommands(name);
    if (similar.length > 0) io.stderr.write(`Did you mean ${similar.join(', ')}?\n`);
  }
  io.stderr.write(`${usageHint(io)}\n`);
  return own?.options.fineExit === true ? (await import('./exit-codes.ts')).exitCodes.usage.code : EXIT_FAILED;
};

/** The process's own command line. */
export const main = async (): Promise<number> => {
  return await runCli(process.argv.slice(2), processIo());
};
