// `batch -f FILE`: a command per line, in one session. Every line is checked before the first is sent; then some are in flight at a time, and
// what they say comes in the order of the lines. The line `wait` waits until all before it are done.

import { readFile } from 'node:fs/promises';
import { firstMissing, missingParam } from '../../args.ts';
import { type Param, parseInvocation, unknownCommand } from '../../argv.ts';
import { type Command, findCommand } from '../../commands.ts';
import type { Context, Handler } from '../../context.ts';
import { runCommand } from '../../execute.ts';
import { CommandError, EXIT_FAILED, EXIT_OK, PlainError, UsageError } from '../../exit.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Io, OutputStream } from '../../io.ts';
import { type OwnOptions, takeOwnOptions } from '../../own-options.ts';
import { shellWords } from '../../shell-words.ts';

const DEFAULT_PARALLEL = 16;

type Line =
  | {
      readonly kind: 'command';
      readonly number: number;
      readonly command: Command;
      readonly params: readonly Param[];
      readonly own: OwnOptions | undefined;
    }
  | { readonly kind: 'wait' };

export const batch: Handler = async context => {
  const { args, io } = context;
  const file = args.get('f') ?? '-';
  const text = file === '-' ? await io.readAll() : await read(file);
  const lines = await checked(text, io);
  if (lines === undefined) return context.own?.fineExit === true ? exitCodes.usage.code : EXIT_FAILED;
  const codes = await runLines(context, lines);
  const failed = codes.filter(code => code !== EXIT_OK).length;
  if (failed === 0) return EXIT_OK;
  return context.own?.fineExit === true && failed < codes.length ? exitCodes.partial.code : EXIT_FAILED;
};

const read = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`Cannot read ${file}`, { cause: error });
  }
};

/** The lines, or undefined if one is wrong; all that are wrong are told. */
const checked = async (text: string, io: Io): Promise<readonly Line[] | undefined> => {
  const lines: Line[] = [];
  let isRight = true;
  for (const [i, written] of text.split('\n').entries()) {
    if (written.trim() === '' || written.trim().startsWith('#')) continue;
    try {
      lines.push(written.trim() === 'wait' ? { kind: 'wait' } : await lineOf(i + 1, shellWords(written)));
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof PlainError)) throw error;
      io.stderr.write(`line ${i + 1}: ${error.message}\n`);
      isRight = false;
    }
  }
  return isRight ? lines : undefined;
};

const lineOf = async (number: number, written: readonly string[]): Promise<Line> => {
  const { options, words } = takeOwnOptions(written);
  if (options.watch || options.wait || options.profile !== undefined)
    throw new UsageError('--watch, --wait and --profile are not for lines');
  const invocation = parseInvocation({ argv: words, extra: [], rc: [] });
  if (invocation.kind !== 'command') throw new UsageError('A line is a command with its parameters');
  const { name, params, connection } = invocation;
  if (connection.server !== undefined || connection.userName !== undefined || connection.password !== undefined)
    throw new UsageError('All lines go to the same server: say it once, before batch');
  const command = await findCommand(name);
  if (command === undefined || name === 'help') throw unknownCommand(name);
  const missing = firstMissing(command.row, param => params.some(([key]) => key === param));
  if (missing !== undefined) throw missingParam(missing);
  // A line without options of its own has those of the batch.
  return { kind: 'command', number, command, params, own: options.fineExit ? options : undefined };
};

const runLines = async (context: Context, lines: readonly Line[]): Promise<readonly number[]> => {
  const width = context.own?.parallel ?? DEFAULT_PARALLEL;
  const inFlight = new Set<Promise<void>>();
  const codes: number[] = [];
  let told: Promise<void> = Promise.resolve();
  for (const line of lines) {
    if (line.kind === 'wait') {
      await Promise.all(inFlight);
      continue;
    }
    if (inFlight.size >= width) await Promise.race(inFlight);
    const { io, text } = keeping(context.io, line.number);
    const run = runCommand(line.command, line.params, {
      io,
      connection: context.connection,
      own: line.own ?? context.own,
      takesNames: true,
      session: context.session,
    }).then(code => void codes.push(code));
    inFlight.add(run);
    told = Promise.all([told, run]).then(() => tell(context.io, text));
    void run.finally(() => inFlight.delete(run));
  }
  await told;
  return codes;
};

interface Kept {
  stdout: string;
  stderr: string;
}

const tell = (io: Io, { stdout, stderr }: Kept): void => {
  io.stdout.write(stdout);
  if (stderr !== '') io.stderr.write(stderr);
};

/** Streams that keep what a line says until it is its turn; nothing of it is asked of the keyboard. */
const keeping = (io: Io, number: number): { readonly io: Io; readonly text: Kept } => {
  const text: Kept = { stdout: '', stderr: '' };
  const stream = (name: keyof Kept, prefix: string): OutputStream => ({
    write: said => {
      const words = typeof said === 'string' ? said : Buffer.from(said).toString('utf8');
      text[name] += prefix === '' ? words : words.replaceAll(/^(?=.)/gm, prefix);
      return true;
    },
    isTTY: false,
    columns: io.stdout.columns,
  });
  return {
    text,
    io: {
      ...io,
      stdout: stream('stdout', ''),
      stderr: stream('stderr', `line ${number}: `),
      stdinIsTTY: false,
      readLine: async () => '',
      readAll: async () => '',
      readSecret: async () => undefined,
      takeTerminal: async () => undefined,
    },
  };
};
