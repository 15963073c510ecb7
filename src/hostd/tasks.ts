// Tasks: the records of work under way, their progress, cancel and results.
//
//   pending ──→ success | failure        pending ──cancel──→ cancelling ──→ cancelled (or success, if it was too late)
//
// Each Async call has one until somebody destroys it; a synchronous operation has one while it runs. Progress is written at most four
// times a second, the last state always. Finished tasks are kept for a day, the oldest go first when there are too many.

import type { Db } from '../db/db.ts';
import type { PlanProgress } from '../engine/types.ts';
import type { Ref } from '../lib/brand.ts';
import type { Logger } from '../lib/logger.ts';
import { operationNotAllowed, taskCancelled, XenError } from '../model/error.ts';
import { EPOCH, type RecordOf } from '../model/index.ts';
import { type ProgressWriter, progressWriter } from './task-progress.ts';
import { xenTime } from './time.ts';

export interface RunningTask {
  readonly ref: Ref<'task'>;
  readonly signal: AbortSignal;
  progress(progress: PlanProgress): void;
  setCancellable(cancellable: boolean): void;
}

/** How a task ended; `result` is the value in XML-RPC's spelling. A failure after a cancel is a cancellation too. */
export type TaskOutcome =
  | { readonly kind: 'success'; readonly result: string }
  | { readonly kind: 'failure'; readonly error: XenError }
  | { readonly kind: 'cancelled' };

interface Work {
  readonly controller: AbortController;
  readonly progress: ProgressWriter;
  cancellable: boolean;
}

const MAX_RUNNING = 5000;
const MAX_FINISHED = 1000;
/** With those that clients keep by themselves. */
const MAX_TASKS = 10_000;
const KEEP_FINISHED_MS = 24 * 3600_000;

export class TaskTable {
  readonly #db: Db;
  readonly #log: Logger;
  readonly #host: () => Ref<'host'>;
  readonly #nowMs: () => number;
  readonly #running = new Map<string, Work>();
  /** Oldest first: reference and time of the end. */
  readonly #finished = new Map<Ref<'task'>, number>();
  /** Names of the users tasks belong to. */
  readonly #owners = new Map<string, string>();

  constructor(options: { readonly db: Db; readonly log: Logger; readonly host: () => Ref<'host'>; readonly nowMs?: () => number }) {
    this.#db = options.db;
    this.#log = options.log;
    this.#host = options.host;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  ownerOf(ref: string): string | undefined {
    return this.#owners.get(ref);
  }

  /** A task that a client keeps by itself. */
  async create(label: string, description: string, owner: string): Promise<Ref<'task'>> {
    return (await this.#insert(label, description, owner, false)).ref;
  }

  /** A task for work that starts now. Throws TOO_MANY_PENDING_TASKS. */
  async start(label: string, owner: string): Promise<RunningTask> {
    if (this.#running.size >= MAX_RUNNING) throw new XenError('TOO_MANY_PENDING_TASKS');
    const { ref } = await this.#insert(label, '', owner, true);
    return this.#begin(ref, true);
  }

  /** A task for work of the last process that goes on in this one; there is no cancel. */
  async adopt(task: { readonly ref: Ref<'task'>; readonly label: string; readonly description: string }): Promise<RunningTask> {
    await this.#insert(task.label, task.description, '', false, task.ref);
    return this.#begin(task.ref, false);
  }

  /** Work that starts now under a task that a client has made for it. Throws HANDLE_INVALID, or OPERATION_NOT_ALLOWED if it has ended or is taken. */
  join(ref: Ref<'task'>): RunningTask {
    const { status } = this.#db.need('task', ref);
    if (status !== 'pending' || this.#running.has(ref)) throw operationNotAllowed('the task is at another work, or at its end');
    const task = this.#begin(ref, false);
    task.setCancellable(true);
    return task;
  }

  #begin(ref: Ref<'task'>, cancellable: boolean): RunningTask {
    const controller = new AbortController();
    const progress = progressWriter(patch => this.#patch(ref, patch));
    const work: Work = { controller, progress, cancellable };
    this.#running.set(ref, work);
    return {
      ref,
      signal: controller.signal,
      progress: state => progress.tell(state),
      setCancellable: wanted => {
        if (work.cancellable === wanted || !this.#running.has(ref)) return;
        work.cancellable = wanted;
        this.#patch(ref, { allowed_operations: wanted ? ['cancel'] : [] });
      },
    };
  }

  /** Writes the end of a task and keeps it for those who ask. */
  async finish(ref: Ref<'task'>, outcome: TaskOutcome): Promise<void> {
    const wasCancelled = this.#end(ref)?.controller.signal.aborted ?? false;
    this.#finished.set(ref, this.#nowMs());
    const end = endOf(ref, wasCancelled && outcome.kind === 'failure' ? { kind: 'cancelled' } : outcome);
    await this.#db.transaction(tx => {
      const task = tx.get('task', ref);
      if (task === undefined) return;
      // Where it stood is of use only if it did not get further.
      const other_config = outcome.kind === 'success' ? withoutNotes(task.other_config) : task.other_config;
      tx.update('task', ref, {
        ...end,
        other_config,
        progress: 1,
        finished: xenTime(this.#nowMs()),
        allowed_operations: [],
        current_operations: {},
      });
    });
    await this.#forgetOld();
  }

  /** The end of a synchronous operation: its task goes without a trace. */
  async drop(ref: Ref<'task'>): Promise<void> {
    this.#end(ref);
    this.#owners.delete(ref);
    await this.#delete([ref]);
  }

  /**
   * Asks the work to stop and returns; the status tells when it did. A task that has ended is left as it is, one that a client keeps by
   * itself only shows that it was asked. Throws OPERATION_NOT_ALLOWED when there is no way back any more.
   */
  async cancel(ref: Ref<'task'>): Promise<void> {
    const { status, uuid } = this.#db.need('task', ref);
    if (status !== 'pending') return;
    const work = this.#running.get(ref);
    if (work !== undefined && !work.cancellable) throw operationNotAllowed('the task can no longer be cancelled: it can only go forward');
    await this.#db.transaction(tx => {
      const task = tx.need('task', ref);
      if (task.status !== 'pending') return;
      const current_operations = { ...task.current_operations, [`DummyRef:|${uuid}|task.cancel`]: 'cancel' as const };
      tx.update('task', ref, { allowed_operations: [], current_operations, ...(work && { status: 'cancelling' as const }) });
    });
    work?.controller.abort(taskCancelled(ref));
  }

  /** Removes the record; work under way goes on without one. */
  async destroy(ref: Ref<'task'>): Promise<void> {
    this.#finished.delete(ref);
    this.#owners.delete(ref);
    await this.#db.transaction(tx => tx.delete('task', ref));
  }

  #end(ref: Ref<'task'>): Work | undefined {
    const work = this.#running.get(ref);
    this.#running.delete(ref);
    work?.progress.stop();
    return work;
  }

  async #insert(
    label: string,
    description: string,
    owner: string,
    cancellable: boolean,
    wanted?: Ref<'task'>,
  ): Promise<{ readonly ref: Ref<'task'> }> {
    if (this.#db.count('task') >= MAX_TASKS) throw new XenError('TOO_MANY_PENDING_TASKS');
    const fields: Partial<RecordOf<'task'>> = {
      name_label: label,
      name_description: description,
      created: xenTime(this.#nowMs()),
      finished: EPOCH,
      status: 'pending',
      resident_on: this.#host(),
      progress: 0,
      type: '<none/>',
      backtrace: '()',
      allowed_operations: cancellable ? ['cancel'] : [],
    };
    const ref = await this.#db.transaction(tx => tx.insert('task', fields, wanted));
    this.#owners.set(ref, owner);
    return { ref };
  }

  #patch(ref: Ref<'task'>, patch: TaskPatch): void {
    this.#db
      .transaction(tx => {
        const task = tx.get('task', ref);
        if (task === undefined) return;
        const { notes, ...fields } = patch;
        tx.update('task', ref, notes === undefined ? fields : { ...fields, other_config: { ...task.other_config, ...notes } });
      })
      .catch(error => this.#log.error('a task could not be brought up to date', { task: ref, error }));
  }

  async #forgetOld(): Promise<void> {
    const old: Ref<'task'>[] = [];
    const limitMs = this.#nowMs() - KEEP_FINISHED_MS;
    for (const [ref, endedMs] of this.#finished) {
      if (endedMs > limitMs && this.#finished.size - old.length <= MAX_FINISHED) break;
      old.push(ref);
    }
    for (const ref of old) {
      this.#finished.delete(ref);
      this.#owners.delete(ref);
    }
    if (old.length > 0) await this.#delete(old);
  }

  #delete(refs: readonly Ref<'task'>[]): Promise<void> {
    return this.#db.transaction(tx => {
      for (const ref of refs) if (tx.get('task', ref) !== undefined) tx.delete('task', ref);
    });
  }
}

const withoutNotes = (config: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('xcp_')));

const endOf = (ref: Ref<'task'>, outcome: TaskOutcome): Partial<RecordOf<'task'>> => {
  switch (outcome.kind) {
    case 'success':
      return { status: 'success', result: outcome.result };
    case 'failure':
      return { status: 'failure', error_info: outcome.error.description };
    case 'cancelled':
      return { status: 'cancelled', error_info: taskCancelled(ref).description };
    default:
      return outcome satisfies never;
  }
};

export interface TaskPatch {
  readonly progress?: number;
  readonly allowed_operations?: readonly 'cancel'[];
  /** Into other_config. */
  readonly notes?: Readonly<Record<string, string>>;
}
