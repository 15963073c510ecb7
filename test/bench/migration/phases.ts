// Where the time of a migration goes: its steps, as the source's log tells them.

import { logOf } from '../../../tools/hosts/host.ts';

export interface Phase {
  readonly name: string;
  readonly tookMs: number;
}

export const logLength = (folder: string): number => logOf(folder).length;

/** The steps of the one migration that the log of a host has told since `from`; the copies of several layers are one. */
export function phasesSince(folder: string, from: number): readonly Phase[] {
  const lines = logOf(folder)
    .slice(from)
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line) as { readonly time: string; readonly message: string; readonly step?: string; readonly call?: string });
  const begun = lines.filter(({ message, call }) => message === 'step begins' && call === 'VM.migrate_send');
  const end = lines.find(({ message, call }) => message === 'audit' && call === 'VM.migrate_send');
  const times = [...begun, ...(end ? [end] : [])].map(({ time }) => Date.parse(time));
  const sums = new Map<string, number>();
  for (const [at, { step = '' }] of begun.entries()) {
    const name = step.replace(/-\d+$/, '');
    sums.set(name, (sums.get(name) ?? 0) + (times[at + 1] ?? Number.NaN) - (times[at] ?? Number.NaN));
  }
  return [...sums].map(([name, tookMs]) => ({ name, tookMs }));
}

/** The median of each phase over several migrations, in order. */
export function medianPhases(runs: readonly (readonly Phase[])[]): readonly Phase[] {
  return (runs[0] ?? []).map(({ name }) => ({
    name,
    tookMs: median(runs.flatMap(run => run.filter(phase => phase.name === name).map(phase => phase.tookMs))),
  }));
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export const phaseText = (phases: readonly Phase[]): string => phases.map(({ name, tookMs }) => `${name} ${tookMs.toFixed(0)}`).join(' · ');
