// The command line: one command from the words that were typed to the exit code. Nothing is loaded that the command does not use.

import { Args, missingParam } from './args.ts';
import { type Invocation, parseInvocation, unknownCommand } from './argv.ts';
import { type Command, findCommand } from './commands.ts';
import type { Context } from './context.ts';
import { CommandError, EXIT_FAILED, EXIT_OK, PlainError, SilentFailure, USAGE_HINT, UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { processIo } from './process-io.ts';
import { type Printer, printerFor } from './printer.ts';
import { readRc, splitExtraArgs } from './rc.ts';
import { XenError } from '../model/error.ts';
import type { Session } from '../client/session.ts';

/** Runs one command. Never rejects: what goes wrong is told on stderr. */
export const runCli = async (argv: readonly string[], io: Io): Promise<number> => {
  const rc = readRc(io.env['HOME']);
  if (rc.problem !== undefined) io.stderr.write(`${rc.problem}\n`);
  try {
    const extra = splitExtraArgs(io.env['XE_EXTRA_ARGS'] ?? '');
    if (argv.length === 1 && argv[0] === '--version') return await printVersion(io);
    return await runInvocation(parseInvocation({ argv, extra, rc: rc.lines }), io);
  } catch (error) {
    return await report(error, io, undefined);
  }
};

const printVersion = async (io: Io): Promise<number> => {
  const { version } = await import('./version.ts');
  io.stdout.write(`xcp ${version}\n`);
  return EXIT_OK;
};

const runInvocation = async (invocation: Invocation, io: Io): Promise<number> => {
  switch (invocation.kind) {
    case 'usage': {
      const { usageText } = await import('./run/help.ts');
      io.stderr.write(`${invocation.note === undefined ? '' : `${invocation.note}\n`}${await usageText(io.programName)}\n`);
      return EXIT_OK;
    }
    case 'protocol-version':
      io.stdout.write('ThinCLI protocol: 0.2\n');
      return EXIT_OK;
    case 'command':
      return await runCommand(invocation, io);
    default:
      return invocation satisfies never;
  }
};

const runCommand = async (invocation: Extract<Invocation, { kind: 'command' }>, io: Io): Promise<number> => {
  const { name, params, connection } = invocation;
  const command = await findCommand(name);
  if (command === undefined) return await refuseUnknown(name, io);
  const args = new Args([...params, ['username', connection.userName ?? 'root'], ['password', connection.password ?? '']]);
  for (const param of command.row.required ?? []) if (!args.has(param)) throw missingParam(param);
  let opened: Promise<Session> | undefined;
  const session = async (): Promise<Session> => {
    const { openSession } = await import('./connection.ts');
    return await (opened ??= openSession(connection, io));
  };
  const out = printerFor(isMinimal(args), io.stdout, io.stderr);
  const context: Context = { command: name, row: command.row, args, io, out, connection, session };
  try {
    return await perform(command, context, out);
  } catch (error) {
    return await report(error, io, context);
  } finally {
    await opened?.then(
      found => found.logout(),
      () => undefined,
    );
  }
};

const perform = async (command: Command, context: Context, out: Printer): Promise<number> => {
  // Whoever asks for the session hears of a failure; here it only begins.
  if (command.beginsWithLogin === true) context.session().catch(() => undefined);
  const run = await command.load();
  const code = (await run(context)) ?? EXIT_OK;
  out.finish();
  return code;
};

const isMinimal = (args: Args): boolean => {
  const text = args.get('minimal');
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  // The server's own words, which scripts have come to know.
  throw new XenError('INTERNAL_ERROR', ['INTERNAL_ERROR: [ Invalid_argument("bool_of_string") ]']);
};

const refuseUnknown = async (name: string, io: Io): Promise<number> => {
  io.stderr.write(`${unknownCommand(name).message}\n`);
  if (io.stderr.isTTY) {
    const { similarCommands } = await import('./run/help.ts');
    const similar = await similarCommands(name);
    if (similar.length > 0) io.stderr.write(`Did you mean ${similar.join(', ')}?\n`);
  }
  io.stderr.write(`${USAGE_HINT}\n`);
  return EXIT_FAILED;
};

const report = async (error: unknown, io: Io, context: Context | undefined): Promise<number> => {
  if (error instanceof UsageError) io.stderr.write(`${error.message}\n${USAGE_HINT}\n`);
  else if (error instanceof CommandError) io.stderr.write(`Error: ${error.message}\n`);
  else if (error instanceof PlainError) io.stderr.write(`${error.message}\n`);
  else if (!(error instanceof SilentFailure)) {
    const { failureText } = await import('./render/failure.ts');
    io.stderr.write(`${await failureText(error, context)}\n`);
  }
  return EXIT_FAILED;
};

/** The process's own command line. */
export const main = async (): Promise<number> => {
  return await runCli(process.argv.slice(2), processIo());
};
