// Runs Jest on Node with one configuration and tells how many tests passed, failed and were skipped.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const none: Tally = { passed: 0, failed: 0, skipped: 0 };
export const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});
export const line = (t: Tally): string => `${t.passed} passed, ${t.failed} failed${t.skipped > 0 ? `, ${t.skipped} skipped` : ''}`;

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** When what a program says is shown. */
export type Output = 'as it comes' | 'at the end';

/** Runs `command`; resolves with its exit code. */
export const run = (
  command: string,
  args: readonly string[],
  { env = process.env, output = 'as it comes' }: { readonly env?: NodeJS.ProcessEnv; readonly output?: Output } = {},
): Promise<number> =>
  new Promise((resolve, reject) => {
    const stdio = output === 'as it comes' ? 'inherit' : 'pipe';
    const child = spawn(command, args, { stdio: ['ignore', stdio, stdio], env });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => said.push(piece));
    child.once('error', reject);
    child.once('close', code => {
      process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });

/** Programs that tests start from the source find it read and compiled already. */
const COMMON = { NODE_COMPILE_CACHE: resolve('.cache/node'), ...process.env };

interface JestOptions {
  /** Printed before all else. */
  readonly title?: string;
  readonly output?: Output;
  /** Unless this process has its own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A suite that could not even be loaded counts as one failed test. */
export const jest = async (
  config: string,
  args: readonly string[],
  { title, output = 'as it comes', env = {} }: JestOptions = {},
): Promise<Tally> => {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-jest-'));
  const outputFile = join(folder, 'report.json');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  try {
    if (title !== undefined) console.log(`\n${title}${output === 'at the end' ? ' begins; what it says comes at its end' : ''}`);
    const words = [...flags, '--config', config, '--json', '--outputFile', outputFile, ...args];
    const code = await run(process.execPath, words, { env: { ...env, ...COMMON }, output });
    if (title !== undefined && output === 'at the end') console.log(`${title} has ended`);
    const text = await readFile(outputFile, 'utf8').catch(() => undefined);
    if (text === undefined) return { ...none, failed: 1 };
    const report = JSON.parse(text) as JestReport;
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: report.numPendingTests };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
