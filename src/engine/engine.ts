// Runs plans: takes their locks in order of arrival, gives each its journal entry, and after a crash goes on with what it finds there.
//
// Invariants: a lock is held by one plan (or one `withLocks`) at a time; a plan is in the journal from its first step until its end;
// `recover` takes the locks of all unfinished plans before it returns control, so that nothing new comes between.

import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { JsonObject } from '../lib/json.ts';
import { createLocks } from '../lib/locks.ts';
import type { Logger } from '../lib/logger.ts';
import { type Backoff, defaultBackoff } from '../lib/retry.ts';
import type { CrashPoint } from './crash-point.ts';
import { decodeEntry, newEntry, type PlanEntry } from './entry.ts';
import type { Journal } from './journal.ts';
import { PlanRun } from './plan-run.ts';
import type { Engine, Plan, PlanProgress, RecoveredPlan, StepKind } from './types.ts';

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

export const createEngine = ({
  journal,
  log,
  clock = systemClock,
  backoff = defaultBackoff,
  crashPoint,
  closeGraceMs = 5_000,
}: EngineOptions): Engine => {
  const kinds = new Map<string, StepKind>();
  const locks = createLocks<Holder>();
  const active = new Map<string, PlanRun>();
  const underWay = new Set<Promise<unknown>>();
  const closing = new AbortController();

  const track = async <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  };

  /** The signal to wait for locks with; `done` unhooks it, so that the engine's own signal collects no followers. */
  const waitSignal = (signal: AbortSignal | undefined): { readonly signal: AbortSignal; readonly done: () => void } => {
    const either = new AbortController();
    const unhooks = [closing.signal, signal].map(source => {
      const onAbort = (): void => either.abort(source?.reason);
      if (source?.aborted) onAbort();
      else source?.addEventListener('abort', onAbort, { once: true });
      return () => source?.removeEventListener('abort', onAbort);
    });
    return { signal: either.signal, done: () => unhooks.forEach(unhook => unhook()) };
  };

  const take = async (keys: readonly string[], holder: Holder, signal: AbortSignal | undefined): Promise<() => void> => {
    const wait = waitSignal(signal);
    try {
      return await locks.acquire(keys, holder, { signal: wait.signal });
    } finally {
      wait.done();
    }
  };

  const createRun = (
    id: string,
    entry: PlanEntry,
    options: Parameters<Engine['run']>[1] = {},
  ): { readonly run: PlanRun; readonly holder: Holder } => {
    const run = new PlanRun({
      id,
      entry,
      kinds,
      journal,
      clock,
      backoff,
      crashPoint,
      log: (options.log ?? log).with({ plan: id, planKind: entry.plan.kind }),
      signal: options.signal,
      onProgress: options.onProgress,
      onCancellable: options.onCancellable,
    });
    const holder = {
      planId: id,
      kind: entry.plan.kind,
      get label() {
        return run.label;
      },
    };
    return { run, holder };
  };

  const recoverOne = (
    id: string,
    document: JsonObject,
    onProgress: ((id: string, progress: PlanProgress) => void) | undefined,
  ): RecoveredPlan => {
    const entry = decodeEntry(document);
    const { run, holder } = createRun(id, entry, { onProgress: progress => onProgress?.(id, progress) });
    const taken = take(entry.plan.locks, holder, undefined);
    const { kind } = entry.plan;
    const finish = async (): Promise<'done' | 'undone'> => {
      const release = await taken;
      // A plan that this version cannot carry out keeps its locks: nobody else may touch what it left half done.
      checkPlan(entry.plan, kinds);
      active.set(id, run);
      try {
        return (await run.resume()).kind;
      } finally {
        active.delete(id);
        release();
      }
    };
    const finished = track(finish());
    finished.then(
      outcome => log.info('an interrupted plan has ended', { plan: id, planKind: kind, outcome }),
      (error: unknown) => log.error('an interrupted plan is still unfinished', { plan: id, planKind: kind, error }),
    );
    const isKnown = entry.plan.steps.every(step => kinds.has(step.kind));
    return { id, kind, direction: isKnown ? run.heading : entry.direction, finished };
  };

  return {
    define(kind) {
      if (kinds.has(kind.kind)) throw new PlanError(`step kind ${kind.kind} is defined twice`);
      kinds.set(kind.kind, kind);
    },

    async run(plan, options = {}) {
      closing.signal.throwIfAborted();
      checkPlan(plan, kinds);
      const id = options.id ?? randomUUID();
      const { run, holder } = createRun(id, newEntry(plan), options);
      if (active.has(id)) throw new PlanError(`plan ${id} runs already`);
      active.set(id, run);
      try {
        const release = await take(plan.locks, holder, options.signal);
        try {
          const end = await track(run.execute());
          if (end.kind === 'undone') throw end.failure;
          return { id, results: run.results };
        } finally {
          release();
        }
      } finally {
        active.delete(id);
      }
    },

    async withLocks(keys, fn, options = {}) {
      closing.signal.throwIfAborted();
      const release = await take(keys, { planId: '', kind: 'exclusive', label: options.label ?? '' }, options.signal);
      try {
        return await track(fn());
      } finally {
        release();
      }
    },

    async recover(options = {}) {
      const recovered: RecoveredPlan[] = [];
      for (const [id, document] of await journal.list()) {
        try {
          recovered.push(recoverOne(id, document, options.onProgress));
        } catch (error) {
          log.error('an entry of the journal cannot be read and stays as it is', { plan: id, error });
        }
      }
      return recovered;
    },

    holder: lock => locks.holder(lock),

    async close() {
      if (closing.signal.aborted) return;
      const reason = new EngineClosedError('the engine is closed; the plan goes on at the next start');
      closing.abort(reason);
      for (const run of active.values()) run.close(reason);
      const grace = new AbortController();
      const late = clock.sleep(closeGraceMs, { signal: grace.signal }).then(
        () => log.warn('some steps did not stop in time', { steps: underWay.size }),
        () => undefined,
      );
      await Promise.race([Promise.allSettled(underWay), late]);
      grace.abort();
    },
  };
};
