// Times whole processes and repeated calls; medians, since the machine is shared.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/hosts/host.ts';

const cache = join(root, '.cache/bench');
const node = join(root, 'node_modules/.bin/node');

export interface Sample {
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly runs: number;
}

export function sampleOf(times: readonly number[]): Sample {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (i: number): number => sorted[i] ?? Number.NaN;
  return { medianMs: at(Math.floor(sorted.length / 2)), minMs: at(0), maxMs: at(sorted.length - 1), runs: sorted.length };
}

export interface Timed {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs the commands in turn (a, b, a, b …), so that drift of the machine meets all alike. Output is thrown away; a failure throws. */
export function timeInTurn(commands: readonly Timed[], runs: number): readonly Sample[] {
  const times = commands.map((): number[] => []);
  for (let round = -1; round < runs; round++) {
    for (const [i, timed] of commands.entries()) {
      const startedAt = performance.now();
      const done = spawnSync(timed.command, timed.args, {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, NO_COLOR: '1', ...timed.env },
        maxBuffer: 64 << 20,
      });
      const tookMs = performance.now() - startedAt;
      if (done.status !== 0) throw new Error(`${timed.command} ${timed.args.join(' ')}: exit ${done.status}\n${done.stderr.toString()}`);
      if (round >= 0) times[i]?.push(tookMs);
    }
  }
  return times.map(sampleOf);
}

export async function timeCalls(count: number, call: () => Promise<unknown>): Promise<Sample> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  return sampleOf(times);
}

/** The floor of every figure: a program that says one word, compiled as xcp is. Not by process.stdout, whose set-up alone takes longer. */
export function bareExecutable(): string {
  return compiled('bare', "console.log('ok');\n");
}

/** What a bare Node 24 took on the machine on which the native `xe` and xapi were measured. */
const bareNodeThenMs = 22.5;
export const bareNode: Timed = { command: node, args: ['-e', '0'] };

/** How much slower this machine is than that one, by the time of a bare Node now. */
export const scaleOf = (bareNodeNow: Sample | undefined): number => (bareNodeNow?.medianMs ?? Number.NaN) / bareNodeThenMs;

export function compiled(name: string, source: string): string {
  const file = join(cache, name);
  if (existsSync(file) && readFileSync(`${file}.ts`, 'utf8') === source) return file;
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${file}.ts`, source);
  const built = spawnSync(
    join(root, 'node_modules/.bin/bun'),
    [
      'build',
      '--compile',
      '--bytecode',
      '--format=esm',
      '--no-compile-autoload-dotenv',
      '--no-compile-autoload-bunfig',
      `${file}.ts`,
      '--outfile',
      file,
    ],
    { encoding: 'utf8' },
  );
  if (built.status !== 0) throw new Error(built.stderr);
  return file;
}

/** Resident memory of a process, bytes. */
export function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) * 1024;
}

/** Starts a program that prints one line when it is ready; the line comes back with the process. */
export function startProgram(
  command: string,
  args: readonly string[],
): Promise<{ readonly pid: number; readonly line: string; stop(): void }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`${command} ended with ${code}`)));
    child.stdout.once('data', (data: Buffer) =>
      resolve({ pid: child.pid ?? 0, line: data.toString().trim(), stop: () => child.kill('SIGKILL') }),
    );
  });
}
