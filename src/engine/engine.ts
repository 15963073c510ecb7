// Runs plans: takes their locks in order of arrival, gives each its journal entry, and after a crash goes on with what it finds there.
//
// Invariants: a lock is held by one plan (or one `withLocks`) at a time; a plan is in the journal from its first step until its end;
// `recover` takes the locks of all unfinished plans before it returns control, so that nothing new comes between.

import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { createLocks } from '../lib/locks.ts';
import type { Logger } from '../lib/logger.ts';
import { type Backoff, defaultBackoff } from '../lib/retry.ts';
import type { CrashPoint } from './crash-point.ts';
import { decodeEntry, newEntry, type PlanEntry } from './entry.ts';
import type { Journal } from './journal.ts';
import { PlanRun } from './plan-run.ts';
import type { Engine, Plan, PlanOutcome, PlanProgress, RecoveredPlan, RunOptions, StepKind } from './types.ts';

export interface EngineOptions {
  readonly journal: Journal;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Waits between the tries of an undo, of a step past the pivot, of the journal. */
  readonly backoff?: Backoff;
  readonly crashPoint?: CrashPoint | undefined;
  /** How long `close` waits for steps that were told to stop. */
  readonly closeGraceMs?: number;
}

/** The engine was closed: the plan is in the journal and goes on at the next start. */
export class EngineClosedError extends Error {
  override readonly name = 'EngineClosedError';
}

/** The plan cannot be run as it is written: a mistake of the program. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

interface Holder {
  readonly planId: string;
  readonly kind: string;
  readonly label: string;
}

const checkPlan = (plan: Plan, kinds: ReadonlyMap<string, StepKind>): void => {
  const ids = new Set(plan.steps.map(step => step.id));
  if (ids.size !== plan.steps.length) throw new PlanError(`plan ${plan.kind} has two steps of one id`);
  if (plan.pivot !== undefined && !ids.has(plan.pivot)) throw new PlanError(`plan ${plan.kind} has no step ${plan.pivot} to pivot on`);
  for (const step of plan.steps) {
    if (!kinds.has(step.kind)) throw new PlanError(`plan ${plan.kind}: no step kind ${step.kind} is defined`);
    if (!(step.weight >= 0)) throw new PlanError(`plan ${plan.kind}: step ${step.id} has no weight`);
  }
};

export const createEngine = (options: EngineOptions): Engine => new PlanEngine(options);

class PlanEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #clock: Clock;
  readonly #kinds = new Map<string, StepKind>();
  readonly #locks = createLocks<Holder>();
  readonly #active = new Map<string, PlanRun>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  define<A extends JsonObject, R extends Json>(kind: StepKind<A, R>): void {
    if (this.#kinds.has(kind.kind)) throw new PlanError(`step kind ${kind.kind} is defined twice`);
    this.#kinds.set(kind.kind, kind);
  }

  async run(plan: Plan, options: RunOptions = {}): Promise<PlanOutcome> {
    this.#closing.signal.throwIfAborted();
    checkPlan(plan, this.#kinds);
    const id = options.id ?? randomUUID();
    if (this.#active.has(id)) throw new PlanError(`plan ${id} runs already`);
    const run = this.#createRun(id, newEntry(plan), options);
    this.#active.set(id, run);
    try {
      const release = await this.#take(plan.locks, holderOf(run, plan.kind), options.signal);
      try {
        const end = await this.#track(run.execute());
        if (end.kind === 'undone') throw end.failure;
        return { id, results: run.results };
      } finally {
        release();
      }
    } finally {
      this.#active.delete(id);
    }
  }

  async withLocks<T>(
    keys: readonly string[],
    fn: () => Promise<T>,
    options: { readonly signal?: AbortSignal | undefined; readonly label?: string } = {},
  ): Promise<T> {
    this.#closing.signal.throwIfAborted();
    const release = await this.#take(keys, { planId: '', kind: 'exclusive', label: options.label ?? '' }, options.signal);
    try {
      return await this.#track(fn());
    } finally {
      release();
    }
  }

  async recover(options: { readonly onProgress?: (id: string, progress: PlanProgress) => void } = {}): Promise<readonly RecoveredPlan[]> {
    const recovered: RecoveredPlan[] = [];
    for (const [id, document] of await this.#options.journal.list()) {
      try {
        recovered.push(this.#recoverOne(id, decodeEntry(document), options.onProgress));
      } catch (error) {
        this.#options.log.error('an entry of the journal cannot be read and stays as it is', { plan: id, error });
      }
    }
    return recovered;
  }

  holder(lock: string): Holder | undefined {
    return this.#locks.holder(lock);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const reason = new EngineClosedError('the engine is closed; the plan goes on at the next start');
    this.#closing.abort(reason);
    for (const run of this.#active.values()) run.close(reason);
    const grace = new AbortController();
    const late = this.#clock.sleep(this.#options.closeGraceMs ?? 5_000, { signal: grace.signal }).then(
      () => this.#options.log.warn('some steps did not stop in time', { steps: this.#underWay.size }),
      () => undefined,
    );
    await Promise.race([Promise.allSettled(this.#underWay), late]);
    grace.abort();
  }

  #recoverOne(id: string, entry: PlanEntry, onProgress: ((id: string, progress: PlanProgress) => void) | undefined): RecoveredPlan {
    const { kind, locks, steps } = entry.plan;
    const { log } = this.#options;
    const run = this.#createRun(id, entry, { onProgress: progress => onProgress?.(id, progress) });
    const isKnown = steps.every(step => this.#kinds.has(step.kind));
    const finished = this.#track(this.#resume(run, entry, this.#take(locks, holderOf(run, kind), undefined)));
    finished.then(
      outcome => log.info('an interrupted plan has ended', { plan: id, planKind: kind, outcome }),
      (error: unknown) => log.error('an interrupted plan is still unfinished', { plan: id, planKind: kind, error }),
    );
    return { id, kind, direction: isKnown ? run.heading : entry.direction, finished };
  }

  async #resume(run: PlanRun, entry: PlanEntry, taken: Promise<() => void>): Promise<'done' | 'undone'> {
    const release = await taken;
    // A plan that this version cannot carry out keeps its locks: nobody else may touch what it left half done.
    checkPlan(entry.plan, this.#kinds);
    this.#active.set(run.id, run);
    try {
      return (await run.resume()).kind;
    } finally {
      this.#active.delete(run.id);
      release();
    }
  }

  #createRun(id: string, entry: PlanEntry, options: RunOptions): PlanRun {
    const { journal, backoff = defaultBackoff, crashPoint, log } = this.#options;
    return new PlanRun({
      id,
      entry,
      kinds: this.#kinds,
      journal,
      clock: this.#clock,
      backoff,
      crashPoint,
      log: (options.log ?? log).with({ plan: id, planKind: entry.plan.kind }),
      signal: options.signal,
      onProgress: options.onProgress,
      onCancellable: options.onCancellable,
    });
  }

  /** Takes the place in the queues before it returns. */
  async #take(keys: readonly string[], holder: Holder, signal: AbortSignal | undefined): Promise<() => void> {
    const wait = eitherOf([this.#closing.signal, signal]);
    try {
      return await this.#locks.acquire(keys, holder, { signal: wait.signal });
    } finally {
      wait.unhook();
    }
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }
}

const holderOf = (run: PlanRun, kind: string): Holder => ({
  planId: run.id,
  kind,
  get label() {
    return run.label;
  },
});

/** As AbortSignal.any, but it lets go of its sources again: one of them lives as long as the engine. */
const eitherOf = (sources: readonly (AbortSignal | undefined)[]): { readonly signal: AbortSignal; readonly unhook: () => void } => {
  const either = new AbortController();
  const unhooks = sources.map(source => {
    const onAbort = (): void => either.abort(source?.reason);
    if (source?.aborted) onAbort();
    else source?.addEventListener('abort', onAbort, { once: true });
    return () => source?.removeEventListener('abort', onAbort);
  });
  return { signal: either.signal, unhook: () => unhooks.forEach(unhook => unhook()) };
};
