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

/** Runs `command` with this terminal; resolves with its exit code. */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    child.once('error', reject);
    child.once('exit', code => resolve(code ?? 1));
  });
}

/** Programs that tests start from the source find it read and compiled already. */
const env = { NODE_COMPILE_CACHE: resolve('.cache/node'), ...process.env };

/** A suite that could not even be loaded counts as one failed test. */
export async function jest(config: string, args: readonly string[]): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'xcp-jest-'));
  const outputFile = join(folder, 'report.json');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  try {
    const code = await run(process.execPath, [...flags, '--config', config, '--json', '--outputFile', outputFile, ...args], env);
    const text = await readFile(outputFile, 'utf8').catch(() => undefined);
    if (text === undefined) return { ...none, failed: 1 };
    const report = JSON.parse(text) as JestReport;
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: report.numPendingTests };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
