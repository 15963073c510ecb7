// Runs helper programs for drivers: no shell, bounded output, killed on abort and, where setpriv is installed, by the kernel when
// this process dies, so that `kill -9` of hostd leaves no helper behind.
//
// A promise given out here settles only when the helper is gone: whoever awaits it may touch the helper's files.

import { type ChildProcess, spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** A helper ended badly. `stderr` is the tail of what it said, without secrets since none are ever given as arguments. */
export class ToolError extends Error {
  readonly program: string;
  readonly exitCode: number | null;
  readonly stderr: string;
  /** What it wrote before, where that was gathered. */
  readonly stdout: string;
  constructor(program: string, exitCode: number | null, stderr: string, stdout = '') {
    super(`${program} ${exitCode === null ? 'was killed' : `ended with status ${exitCode}`}: ${stderr.trim() || 'it gave no reason'}`);
    this.name = 'ToolError';
    this.program = program;
    this.exitCode = exitCode;
    this.stderr = stderr;
    this.stdout = stdout;
  }
}

export interface ToolOptions {
  /** An abort kills the helper, waits for its end and rejects with the reason. */
  readonly signal?: AbortSignal;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told each piece of standard output; with it, nothing is gathered. */
  readonly onOutput?: (text: string) => void;
  /** Helpers that must outlive this process are not bound to it. */
  readonly outlives?: boolean;
}

const maxOutputBytes = 16 * 1024 * 1024;
const maxErrorBytes = 16 * 1024;

/** The full path of a program, searched as a shell would, with the system directories added; undefined when it is not there. */
export const findProgram = async (name: string): Promise<string | undefined> => {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  for (const folder of folders) {
    if (folder === '') continue;
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
};

let setpriv: Promise<string | undefined> | undefined;

/** Starts a helper with pipes. `bound` ties its life to this process. */
export const startTool = async (
  program: string,
  args: readonly string[],
  options: { readonly bound: boolean; readonly env?: Readonly<Record<string, string>> },
): Promise<ChildProcess> => {
  const path = await findProgram(program);
  if (path === undefined) throw new ToolError(program, 127, `the program ${program} is not installed`);
  setpriv ??= findProgram('setpriv');
  const guard = options.bound ? await setpriv : undefined;
  const [command, commandArgs] = guard === undefined ? [path, args] : [guard, ['--pdeathsig', 'KILL', path, ...args]];
  return spawn(command, commandArgs, { stdio: 'pipe', env: { ...process.env, LC_ALL: 'C', ...options.env } });
};

/** Runs a helper to its end. Rejects with ToolError, or with the signal's reason. */
export const runTool = async (program: string, args: readonly string[], options: ToolOptions = {}): Promise<string> => {
  const { signal, onOutput } = options;
  signal?.throwIfAborted();
  const child = await startTool(program, args, { bound: options.outlives !== true, ...(options.env && { env: options.env }) });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  let errors = '';
  let overflow = false;
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (onOutput) return onOutput(text);
    output += text;
    if (output.length <= maxOutputBytes) return undefined;
    overflow = true;
    return kill();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-maxErrorBytes);
  });
  // A helper that ends before it has read its input breaks the pipe; its exit status tells the reason.
  child.stdin?.on('error', error => {
    errors = `${errors}${error.message}\n`.slice(-maxErrorBytes);
  });
  child.stdin?.end(options.input ?? '');
  child.once('error', error => reject(new ToolError(program, null, error.message)));
  child.once('close', code => {
    signal?.removeEventListener('abort', kill);
    if (signal?.aborted) reject(signal.reason);
    else if (overflow) reject(new ToolError(program, code, 'it wrote more than this process is willing to hold'));
    else if (code === 0) resolve(output);
    else reject(new ToolError(program, code, errors, output));
  });
  if (signal?.aborted) kill();
  return promise;
};

/** A program that is talked with while it runs. */
export interface Conversation {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves when the program has ended well; rejects with ToolError. Nobody has to look. */
  readonly ended: Promise<void>;
}

/** Starts a program that outlives this process, unless it looks at the end of its input; a terminal's signals do not reach it. */
export const converse = async (program: string, args: readonly string[]): Promise<Conversation> => {
  const child = await startTool('setsid', [program, ...args], { bound: false });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null) throw new ToolError(program, null, 'it has no input or no output');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  let errors = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-maxErrorBytes);
  });
  for (const stream of [stdin, stdout]) stream.on('error', () => undefined); // its status tells the reason
  child.once('error', error => reject(new ToolError(program, null, error.message)));
  // Its own end, not that of whoever else has its output.
  child.once('exit', code => (code === 0 ? resolve() : reject(new ToolError(program, code, errors))));
  return { input: stdin, output: stdout, ended: promise };
};
