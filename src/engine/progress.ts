// Progress of a plan: the weights of the steps that are done and the fraction of the one that runs. Never goes back.

import type { PlannedStep, PlanProgress, StepProgress } from './types.ts';

export interface ProgressMeter {
  started(index: number): void;
  stepped(index: number, progress: StepProgress): void;
  finished(index: number): void;
  /** The way back: the fraction stays, the label says what is undone. */
  undoing(index: number): void;
  /** What runs has failed and will be tried again. */
  troubled(message: string): void;
}

const clamp = (fraction: number): number => (fraction > 0 ? Math.min(fraction, 1) : 0);

export const createMeter = (steps: readonly PlannedStep[], tell: (progress: PlanProgress) => void): ProgressMeter => {
  const total = steps.reduce((sum, step) => sum + step.weight, 0);
  const before: number[] = [];
  steps.reduce((sum, step) => {
    before.push(sum);
    return sum + step.weight;
  }, 0);
  let reached = 0;
  let label = '';

  const report = (index: number, progress: StepProgress): void => {
    const step = steps[index];
    if (!step) return;
    const share = total > 0 ? ((before[index] ?? 0) + step.weight * clamp(progress.fraction)) / total : 0;
    reached = Math.max(reached, share);
    label = step.label;
    const { doneBytes, totalBytes } = progress;
    tell({
      fraction: reached,
      label,
      ...(doneBytes === undefined ? {} : { doneBytes }),
      ...(totalBytes === undefined ? {} : { totalBytes }),
    });
  };
  return {
    started: index => report(index, { fraction: 0 }),
    stepped: report,
    finished: index => report(index, { fraction: 1 }),
    undoing(index) {
      label = `Undoing: ${steps[index]?.label ?? ''}`;
      tell({ fraction: reached, label });
    },
    troubled: message => tell({ fraction: reached, label: `${label} (failed, trying again: ${message})` }),
  };
};
