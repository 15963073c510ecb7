// The shipped program as a child: the compiled executable where it was built, else the source on Node.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const program = process.env['XCP_PROGRAM'] ?? resolve(import.meta.dirname, '../../bin/xcp');

export interface Outcome {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  readonly stdin?: string;
  /** The name of a link to the program. */
  readonly called?: 'xe' | 'xe-reset-networking';
}

/** Runs one command to its end; `exit` is null if it had to be ended. */
export const runProgram = (args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  new Promise(done => {
    const { env, cwd, timeoutMs = 20_000, stdin = '', called } = options;
    const child = execFile(
      called === undefined ? program : linkCalled(called),
      args,
      { env: { ...process.env, ...env }, cwd, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout, stderr) => done({ exit: child.exitCode, stdout, stderr }),
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
  });

const links = new Map<string, string>();

const linkCalled = (name: string): string => {
  const made = links.get(name);
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), 'xcp-link-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const link = join(folder, name);
  symlinkSync(program, link);
  links.set(name, link);
  return link;
};

export interface SimulatedHost extends AsyncDisposable {
  /** What XCP_SERVER says. */
  readonly server: string;
  readonly log: () => string;
  readonly isRunning: () => boolean;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** A host on the simulator, in `folder`. Resolves when it serves. */
export const startSimulatedHost = (folder: string, more: readonly string[] = []): Promise<SimulatedHost> =>
  startHostWith(folder, ['--simulate', ...more]);

/** The same with real disks: only guests and networks are simulated. */
export const startHostWithDisks = (folder: string, more: readonly string[] = []): Promise<SimulatedHost> =>
  startHostWith(folder, ['--hypervisor', 'sim', '--network', 'sim', ...more]);

const startHostWith = async (folder: string, more: readonly string[]): Promise<SimulatedHost> => {
  const socket = join(folder, 'xapi');
  const args = ['hostd', '--state-dir', join(folder, 'state'), '--listen', `unix:${socket}`, '--log-format', 'json', ...more];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  const ready = Promise.withResolvers<void>();
  child.stderr.on('data', chunk => {
    log += String(chunk);
    if (log.includes('"message":"ready"')) ready.resolve();
  });
  const ended = closed(child);
  ended.then(
    () => ready.reject(new Error(`hostd ended:\n${log}`)),
    () => undefined,
  );
  await ready.promise;
  return {
    server: `unix:${socket}`,
    log: () => log,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

const closed = (child: ChildProcess): Promise<void> => new Promise(done => child.once('close', () => done()));
