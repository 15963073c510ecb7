// One run of `ip -batch` for many lines: which failed, and what ip said of each.

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

/** Runs all lines, whatever becomes of each; the failures by index from 0. */
export const runIpBatch = async (lines: readonly string[]): Promise<ReadonlyMap<number, string>> => {
  if (lines.length === 0) return new Map();
  try {
    await runTool('ip', ['-force', '-batch', '-'], { input: `${lines.join('\n')}\n` });
    return new Map();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const failures = failuresOf(error.stderr);
    if (failures.size === 0) throw new DriverError('failed', error.message, { cause: error });
    return new Map([...failures].map(([line, reason]) => [line - 1, reason]));
  }
};
