// QEMU's block jobs: started once, found again after a restart of this process, waited for by events, ended and dismissed.
// Jobs never dismiss themselves, so a result is still there for whoever asks later.

import { DriverError, type TransferProgress } from '../../hypervisor.ts';
import { type Job, queryJobs } from './answers.ts';
import { kindOfSentence } from './errors.ts';
import type { QmpGuest } from './guest.ts';

const JOB_EVENTS = ['JOB_STATUS_CHANGE', 'BLOCK_JOB_READY', 'BLOCK_JOB_COMPLETED', 'BLOCK_JOB_ERROR'] as const;
const PROGRESS_INTERVAL_MS = 250;

export const findJob = async ({ monitor }: QmpGuest, id: string): Promise<Job | undefined> =>
  (await queryJobs(monitor)).find(job => job.id === id);

const endedBadly = (what: string, job: Job): DriverError | undefined =>
  job.status === 'concluded' && job.error !== undefined ? new DriverError(kindOfSentence(job.error), `${what}: ${job.error}`) : undefined;

export interface JobWait {
  /** For the error's sentence. */
  readonly what: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /** Called as often as progress is looked at; a throw ends the wait. */
  readonly watch?: (job: Job) => void;
}

/** Resolves when the job has come to one of `states`; rejects when it ended in error, or is not there. The job itself is left as it is. */
export const awaitJob = async (guest: QmpGuest, id: string, states: readonly string[], wait: JobWait): Promise<Job> => {
  const look = async (): Promise<Job | undefined> => {
    const job = await findJob(guest, id);
    if (job === undefined) throw new DriverError('failed', `${wait.what}: QEMU knows no such job any more`);
    const error = endedBadly(wait.what, job);
    if (error !== undefined) throw error;
    return states.includes(job.status) || job.status === 'concluded' ? job : undefined;
  };
  const ticking = new AbortController();
  const signal = wait.signal ? AbortSignal.any([wait.signal, ticking.signal]) : ticking.signal;
  const ticker = setInterval(
    () => void reportProgress(guest, id, wait).catch((error: unknown) => ticking.abort(error)),
    PROGRESS_INTERVAL_MS,
  );
  try {
    return await guest.monitor.until(JOB_EVENTS, look, signal);
  } finally {
    clearInterval(ticker);
  }
};

/** Progress is not an event: QEMU has to be asked. A guest that goes meanwhile is noticed by the wait itself. */
const reportProgress = async (guest: QmpGuest, id: string, { onProgress, watch }: JobWait): Promise<void> => {
  if (onProgress === undefined && watch === undefined) return;
  if (guest.monitor.isClosed) return;
  const job = await findJob(guest, id);
  if (job === undefined) return;
  watch?.(job);
  onProgress?.({ doneBytes: job.doneBytes, totalBytes: job.totalBytes });
};

/** Ends a job without its effect and forgets it. Idempotent. */
export const abandonJob = async (guest: QmpGuest, id: string, options: { readonly signal?: AbortSignal } = {}): Promise<void> => {
  const job = await findJob(guest, id);
  if (job === undefined) return;
  if (job.status !== 'concluded') {
    // A job that ends by itself at this moment refuses; the wait below sees its end all the same.
    await guest.monitor.execute('block-job-cancel', { device: id, force: true }).catch((error: unknown) => {
      if (!(error instanceof DriverError) || guest.monitor.isClosed) throw error;
    });
    await guest.monitor.until(
      JOB_EVENTS,
      async () => ((await findJob(guest, id))?.status === 'concluded' ? true : undefined),
      options.signal,
    );
  }
  await guest.monitor.execute('job-dismiss', { id });
};

export const dismissJob = async (guest: QmpGuest, id: string): Promise<void> => void (await guest.monitor.execute('job-dismiss', { id }));

/** A job that is ready takes effect: the guest's device uses its target from then on. Forgets the job. */
export const completeJob = async (guest: QmpGuest, id: string, wait: JobWait): Promise<void> => {
  await guest.monitor.execute('job-complete', { id });
  await awaitJob(guest, id, ['concluded'], { what: wait.what });
  await dismissJob(guest, id);
};
