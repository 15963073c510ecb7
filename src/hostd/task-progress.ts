// Keeps the writing of progress to four times a second: the first state at once, then the newest when the time has come.

import type { PlanProgress } from '../engine/types.ts';

export interface ProgressWriter {
  tell(progress: PlanProgress): void;
  stop(): void;
}

export interface ProgressPatch {
  readonly progress: number;
  /** What the bar of `xcp` shows beside the fraction. */
  readonly notes: Readonly<Record<string, string>>;
}

const INTERVAL_MS = 250;

export const progressWriter = (write: (patch: ProgressPatch) => void): ProgressWriter => {
  let newest: PlanProgress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const flush = (): void => {
    timer = undefined;
    if (newest === undefined) return;
    write(patchOf(newest));
    newest = undefined;
    timer = setTimeout(flush, INTERVAL_MS);
    timer.unref();
  };
  return {
    tell(progress) {
      if (stopped) return;
      newest = progress;
      if (timer === undefined) flush();
    },
    stop() {
      clearTimeout(timer);
      stopped = true;
    },
  };
};

const patchOf = (progress: PlanProgress): ProgressPatch => ({
  // A task that has not ended never says 1.
  progress: Math.min(Math.max(progress.fraction, 0), 0.999),
  notes: {
    xcp_phase: progress.label,
    ...(progress.doneBytes === undefined ? {} : { xcp_done_bytes: String(Math.round(progress.doneBytes)) }),
    ...(progress.totalBytes === undefined ? {} : { xcp_total_bytes: String(Math.round(progress.totalBytes)) }),
  },
});
