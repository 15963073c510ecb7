// Long work on the server: waits for the end of a task by its events, tells the progress, hands out the result.

import type { Ref } from '../lib/brand.ts';
import { XenError } from '../model/error.ts';
import { events } from './events.ts';
import { valueText } from './values.ts';
import type { Session } from './session.ts';

export interface TaskProgress {
  /** 0 to 1. */
  readonly fraction: number;
  /** What is being done now, where the server says so. */
  readonly phase: string | undefined;
  readonly doneBytes: number | undefined;
  readonly totalBytes: number | undefined;
}

export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
}

/**
 * Resolves with the result of the task (a reference as its text, '' for none) when it succeeded. Rejects with the task's XenError
 * when it failed, TASK_CANCELLED when it was cancelled, HANDLE_INVALID when it vanished. An abort stops the watching, not the task.
 */
export const watchTask = async (session: Session, task: Ref<'task'>, options: WatchOptions = {}): Promise<string> => {
  for await (const batch of events(session, [`task/${task}`], { signal: options.signal })) {
    for (const event of batch.events) {
      if (event.ref !== task) continue;
      if (event.operation === 'del' || event.snapshot === undefined) throw new XenError('HANDLE_INVALID', ['task', task]);
      options.onProgress?.(progressOf(event.snapshot));
      if (isOver(event.snapshot)) return resultOf(event.snapshot, task);
    }
  }
  throw new XenError('HANDLE_INVALID', ['task', task]);
};

/** Starts `work` as a task, watches it and removes its record at the end. */
export const runTask = async (session: Session, task: Ref<'task'>, options: WatchOptions = {}): Promise<string> => {
  try {
    return await watchTask(session, task, options);
  } finally {
    if (options.signal?.aborted !== true) await forgetTask(session, task);
  }
};

const forgetTask = async (session: Session, task: Ref<'task'>): Promise<void> => {
  try {
    await session.raw('task.destroy', [task]);
  } catch (error) {
    // Somebody else removed it, or the server is gone: the outcome of the work is known already and counts.
    if (!(error instanceof Error)) throw error;
  }
};

type TaskRecord = Readonly<Record<string, unknown>>;

const isOver = (record: TaskRecord): boolean => ['success', 'failure', 'cancelled'].includes(String(record['status']));

const resultOf = (record: TaskRecord, task: string): string => {
  if (record['status'] === 'success') return unwrapped(valueText(record['result']));
  const info = Array.isArray(record['error_info']) ? record['error_info'].map(String) : [];
  const [code, ...params] = info;
  if (code !== undefined && code !== '') throw new XenError(code, params);
  throw record['status'] === 'cancelled'
    ? new XenError('TASK_CANCELLED', [task])
    : new XenError('INTERNAL_ERROR', ['the task failed without a reason']);
};

/** A result is kept as XML-RPC text: `<value>OpaqueRef:…</value>`. */
const unwrapped = (result: string): string => {
  const inner = /^<value>(?:<string>)?([\s\S]*?)(?:<\/string>)?<\/value>$/.exec(result)?.[1];
  return (inner ?? result).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
};

const progressOf = (record: TaskRecord): TaskProgress => {
  const config = record['other_config'];
  const keys: TaskRecord = typeof config === 'object' && config !== null ? { ...config } : {};
  const phase = keys['xcp_phase'];
  return {
    fraction: Number(record['progress'] ?? 0),
    phase: typeof phase === 'string' && phase !== '' ? phase : undefined,
    doneBytes: bytes(keys['xcp_done_bytes']),
    totalBytes: bytes(keys['xcp_total_bytes']),
  };
};

const bytes = (value: unknown): number | undefined => {
  const count = typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
};
