// One run of `ip -batch` for many lines: what each printed, which failed, and what ip said of those.

import { DriverError } from '../../hypervisor.ts';
import { runTool, ToolError } from '../../tool.ts';

/** What was said before each `Command failed -:LINE`, by line number from 1. Pure. */
export const failuresOf = (stderr: string): ReadonlyMap<number, string> => {
  const failures = new Map<number, string>();
  let said: string[] = [];
  for (const text of stderr.split('\n')) {
    const failed = /^Command failed \S*?:(\d+)$/.exec(text.trim());
    if (failed === null) {
      if (text.trim() !== '') said.push(text.trim());
      continue;
    }
    failures.set(Number(failed[1]), said.join(' ').replace(/^(Error:|RTNETLINK answers:)\s*/, '') || 'it gave no reason');
    said = [];
  }
  return failures;
};

export interface BatchOutcome {
  /** What the lines printed that did not fail, a line of JSON each, by index from 0. */
  readonly printed: ReadonlyMap<number, string>;
  /** The failures, by index from 0. */
  readonly failures: ReadonlyMap<number, string>;
}

/** Runs all lines, whatever becomes of each. */
const run = async (lines: readonly string[], flags: readonly string[]): Promise<{ readonly text: string; readonly said: string }> => {
  try {
    return { text: await runTool('ip', [...flags, '-force', '-batch', '-'], { input: `${lines.join('\n')}\n` }), said: '' };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (failuresOf(error.stderr).size === 0) throw new DriverError('failed', error.message, { cause: error });
    return { text: error.stdout, said: error.stderr };
  }
};

const byIndex = (said: string): ReadonlyMap<number, string> => new Map([...failuresOf(said)].map(([line, reason]) => [line - 1, reason]));

/** Runs all lines, whatever becomes of each; the failures by index from 0. */
export const runIpBatch = async (lines: readonly string[]): Promise<ReadonlyMap<number, string>> =>
  lines.length === 0 ? new Map() : byIndex((await run(lines, [])).said);

/** Lines that show something: each prints one line, unless it fails. */
export const showIpBatch = async (lines: readonly string[]): Promise<BatchOutcome> => {
  const { text, said } = await run(lines, ['-json']);
  const failures = byIndex(said);
  const printed = text.split('\n').filter(line => line.trim() !== '');
  const good = lines.flatMap((_, index) => (failures.has(index) ? [] : [index]));
  if (printed.length !== good.length) throw new DriverError('failed', `ip answered ${printed.length} of ${good.length} questions`);
  return { printed: new Map(good.map((index, i) => [index, printed[i] ?? ''])), failures };
};
