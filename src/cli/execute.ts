// Runs one command: its parameters against its row, its handler, its output, and what is told when it fails.

import { Args, firstMissing, missingParam, takesName } from './args.ts';
import type { ConnectionOptions, Param } from './argv.ts';
import type { Command } from './commands.ts';
import type { Context } from './context.ts';
import { CommandError, EXIT_FAILED, EXIT_OK, PlainError, SilentFailure, UsageError, usageHint } from './exit.ts';
import type { Io } from './io.ts';
import type { OwnOptions } from './own-options.ts';
import { printerFor } from './printer.ts';
import { XenError } from '../model/error.ts';
import type { Session } from '../client/session.ts';

export interface Surroundings {
  readonly io: Io;
  readonly connection: ConnectionOptions;
  /** Left out: the program is `xe`, or no option of its own was given. */
  readonly own?: OwnOptions | undefined;
  /** Names may stand where uuids are asked for. */
  readonly takesNames: boolean;
  readonly session: (command: Command) => Promise<Session>;
}

/** The exit code. Never rejects: what goes wrong is told on stderr. */
export const runCommand = async (command: Command, params: readonly Param[], around: Surroundings): Promise<number> => {
  const { io, own } = around;
  let context: Context | undefined;
  try {
    context = await contextFor(command, params, around);
    const running = perform(command, context, around.takesNames && isDryRun(context));
    return own?.timeoutMs === undefined ? await running : await (await import('./time-limit.ts')).within(own, running);
  } catch (error) {
    return await report(error, io, own?.fineExit === true, context);
  }
};

const contextFor = async (command: Command, params: readonly Param[], around: Surroundings): Promise<Context> => {
  const { io, own, connection } = around;
  const { name, row } = command;
  const given = new Args([...params, ['username', connection.userName ?? 'root'], ['password', connection.password ?? '']]);
  const missing = firstMissing(row, param => given.has(param));
  if (missing !== undefined) throw missingParam(missing, strangers(row, params));
  const session = () => around.session(command);
  const args = around.takesNames ? await withUuids(command, given, session) : given;
  if (own?.drawing !== undefined && row.draws !== true)
    throw new UsageError(`'${own.drawing}' is a form of pictures, and ${name} draws none`);
  const isShort = isMinimal(args);
  const format = own?.format ?? (own?.select === undefined ? undefined : 'table');
  if (isShort && format !== undefined) throw new UsageError('--minimal has a form of its own: give it without -o and --select');
  const out =
    format === undefined
      ? printerFor(isShort, io.stdout, io.stderr)
      : (await import('./render/structured.ts')).structuredPrinter({
          format,
          select: own?.select,
          row,
          stdout: io.stdout,
          stderr: io.stderr,
        });
  return { command: name, row, args, io, out, connection, session, ...(own === undefined ? {} : { own }) };
};

/** Parameters that the command does not have: one of them may be meant for one that it needs. */
const strangers = (row: Command['row'], params: readonly Param[]): readonly string[] => {
  const known = new Set([...(row.required ?? []), ...(row.optional ?? []), ...(row.own ?? [])]);
  return params.map(([key]) => key).filter(key => !known.has(key));
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Commands with uuids pay nothing for the names that they might have held. */
const withUuids = async ({ name, row }: Command, args: Args, session: () => Promise<Session>): Promise<Args> => {
  const isName = ([key, value]: Param): boolean => takesName(key) && value !== '' && !UUID.test(value);
  if (!args.list.some(isName)) return args;
  const names = await import('./names.ts');
  return new Args(await names.withUuids(name, row, args.list, session));
};

/** Asked for, and not by a command that has its own. */
const isDryRun = ({ args, row }: Context): boolean =>
  args.has('dry-run') && ![...(row.optional ?? []), ...(row.own ?? [])].includes('dry-run') && args.bool('dry-run');

const perform = async (command: Command, context: Context, dryRun: boolean): Promise<number> => {
  const { own, out } = context;
  if ((own?.watch === true || own?.wait === true) && !command.name.endsWith('-list'))
    throw new UsageError('--watch and --wait are for lists');
  const checkOnly = dryRun ? (await import('./run/own/dry-run.ts')).dryRunOf(command.name) : undefined;
  // Whoever asks for the session hears of a failure; here it only begins.
  if (command.beginsWithLogin === true) context.session().catch(() => undefined);
  const run = checkOnly ?? (await command.load());
  const work = (): Promise<number | void> => run(context);
  const code = (await (touchesManagement.has(command.name) ? onTrial(context, work) : work())) ?? EXIT_OK;
  out.finish();
  await out.render?.();
  return code;
};

/** Commands that may move the way to a host's management. */
export const touchesManagement: ReadonlySet<string> = new Set([
  'pif-reconfigure-ip',
  'pif-reconfigure-ipv6',
  'pif-plug',
  'host-management-reconfigure',
  'pool-management-reconfigure',
  'bond-create',
  'bond-destroy',
  'bond-set-mode',
  'bond-param-set',
  'vlan-destroy',
  'network-param-set',
]);

const onTrial = async (context: Context, work: () => Promise<number | void>): Promise<number | void> =>
  await (await import('./run/network/trial.ts')).onTrial(context, work);

const isMinimal = (args: Args): boolean => {
  const text = args.get('minimal');
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  // The server's own words, which scripts have come to know.
  throw new XenError('INTERNAL_ERROR', ['INTERNAL_ERROR: [ Invalid_argument("bool_of_string") ]']);
};

/** Tells what went wrong, and gives the exit code for it: 1, or `isFine` one of exit-codes.ts. */
export const report = async (error: unknown, io: Io, isFine: boolean, context: Context | undefined): Promise<number> => {
  if (error instanceof UsageError) io.stderr.write(`${error.message}\n${usageHint(io)}\n`);
  else if (error instanceof CommandError) io.stderr.write(`Error: ${error.message}\n`);
  else if (error instanceof PlainError) io.stderr.write(`${error.message}\n`);
  else if (!(error instanceof SilentFailure)) {
    const { failureText } = await import('./render/failure.ts');
    io.stderr.write(`${await failureText(error, context)}\n`);
  }
  if (io.stderr.isTTY && io.programName !== 'xe' && (error instanceof UsageError || error instanceof CommandError)) {
    for (const { of, written, among } of error.typos) {
      const more = of === 'parameter' && among.length > 0 ? [...(context?.row.optional ?? []), ...(context?.row.own ?? [])] : [];
      const near = (await import('./similar.ts')).nearest(written, [...among, ...more]);
      if (near.length > 0) io.stderr.write(`Did you mean ${near.join(', ')} instead of '${written}'?\n`);
    }
  }
  if (!isFine) return EXIT_FAILED;
  const { exitCodes, outcomeOf } = await import('./exit-codes.ts');
  return exitCodes[outcomeOf(error)].code;
};
