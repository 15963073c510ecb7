// One plan's life, from its first step to its end, in this process or a later one.
//
//   execute:  steps forward ──all done──→ done          each step: begun (durable) → run → done (durable)
//                │ failure or cancel before the pivot
//                ▼
//             unwind: what is begun or done, in reverse ──→ undone
//   resume:   after a crash: on the way back → unwind · past the pivot → forward · pivot begun → settle · else as `afterCrash` says
//
// Invariants: the way back is durable before the first undo; past the pivot nothing is undone and nothing gives up; at close nothing
// more is begun and the journal stays as it is.

import type { Clock } from '../lib/clock.ts';
import type { Json } from '../lib/json.ts';
import type { Logger } from '../lib/logger.ts';
import { type Backoff, retry } from '../lib/retry.ts';
import type { CrashPhase, CrashPoint } from './crash-point.ts';
import { encodeEntry, type PlanEntry, type StepEntry } from './entry.ts';
import type { Journal } from './journal.ts';
import { createMeter, type ProgressMeter } from './progress.ts';
import type { PlannedStep, PlanProgress, StepContext, StepKind } from './types.ts';

export interface PlanRunOptions {
  readonly id: string;
  readonly entry: PlanEntry;
  readonly kinds: ReadonlyMap<string, StepKind>;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly log: Logger;
  readonly crashPoint: CrashPoint | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: PlanProgress) => void) | undefined;
  readonly onCancellable: ((cancellable: boolean) => void) | undefined;
}

export type PlanEnd = { readonly kind: 'done' } | { readonly kind: 'undone'; readonly failure: unknown };

type Failure = { readonly error: unknown };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class PlanRun {
  readonly id: string;
  readonly results = new Map<string, Json>();
  readonly #options: PlanRunOptions;
  readonly #entry: PlanEntry;
  readonly #closing = new AbortController();
  readonly #meter: ProgressMeter;
  readonly #pivotIndex: number;
  #label = '';
  #ended = false;

  constructor(options: PlanRunOptions) {
    this.#options = options;
    this.#entry = options.entry;
    this.id = options.id;
    this.#meter = createMeter(options.entry.plan.steps, progress => this.#tell(progress));
    this.#pivotIndex = options.entry.plan.steps.findIndex(step => step.id === options.entry.plan.pivot);
    for (const [index, step] of options.entry.plan.steps.entries()) {
      const { state, result } = this.#state(index);
      if (state === 'done') this.results.set(step.id, result ?? null);
    }
  }

  /** What it does now, for people. */
  get label(): string {
    return this.#label;
  }

  /** Which way `resume` will go. */
  get heading(): 'forward' | 'unwind' | 'settle' {
    if (this.#entry.direction === 'unwind') return 'unwind';
    if (this.#pastPivot()) return 'forward';
    if (this.#pivotIndex >= 0 && this.#state(this.#pivotIndex).state === 'begun' && this.#kind(this.#pivotIndex).settle) return 'settle';
    return this.#entry.plan.afterCrash ?? 'unwind';
  }

  /** Stops as a crash would: what runs is told by its signal, nothing more is begun, the promise rejects with `reason`. */
  close(reason: unknown): void {
    this.#closing.abort(reason);
  }

  async execute(): Promise<PlanEnd> {
    for (const index of this.#entry.plan.steps.keys()) {
      if (this.#state(index).state === 'done') continue;
      const failure = await this.#advance(index);
      if (failure) return await this.#unwind(failure.error);
    }
    await this.#end();
    return { kind: 'done' };
  }

  async resume(): Promise<PlanEnd> {
    const heading = this.heading;
    switch (heading) {
      case 'forward':
        return await this.execute();
      case 'unwind':
        return await this.#unwind(new Error(this.#entry.reason ?? 'the process that ran it ended'));
      case 'settle':
        if ((await this.#settle(this.#pivotIndex)) === 'done') return await this.execute();
        return await this.#unwind(new Error('the process that ran it ended'));
      default:
        return heading satisfies never;
    }
  }

  /** Brings one step to `done`, or says why the plan has to go back. */
  async #advance(index: number): Promise<Failure | undefined> {
    this.#closing.signal.throwIfAborted();
    if (this.#pastPivot()) {
      await this.#insist(`the step ${this.#step(index).id}`, () => this.#attempt(index));
      return undefined;
    }
    const { signal } = this.#options;
    if (signal?.aborted) return { error: signal.reason };
    const isPivot = index === this.#pivotIndex;
    if (isPivot) this.#options.onCancellable?.(false);
    try {
      await this.#attempt(index);
      return undefined;
    } catch (error) {
      this.#closing.signal.throwIfAborted();
      if (!isPivot) return { error: signal?.aborted ? signal.reason : error };
      if (this.#state(index).state !== 'begun' || !this.#kind(index).settle) return { error };
      this.#options.log.warn('the pivot failed; asking how it ended', { step: this.#step(index).id, error });
      return (await this.#settle(index)) === 'done' ? undefined : { error };
    }
  }

  async #attempt(index: number): Promise<void> {
    const { id, kind: kindName, args } = this.#step(index);
    const kind = this.#kind(index);
    this.#meter.started(index);
    await this.#mark(index, { state: 'begun' });
    this.#crashPoint(index, 'before-do');
    this.#options.log.debug('step begins', { step: id, kind: kindName });
    // A step that gives nothing back has the result null.
    const result = (await kind.run(this.#context(index, index < this.#pivotIndex || this.#pivotIndex < 0), args)) ?? null;
    this.#crashPoint(index, 'after-do');
    await this.#mark(index, { state: 'done', result });
    this.results.set(id, result);
    this.#crashPoint(index, 'journalled');
    this.#meter.finished(index);
  }

  /** Asks the pivot how it ended, until it answers; `done` is durable when this resolves. */
  async #settle(index: number): Promise<'done' | 'undone'> {
    const { id, args } = this.#step(index);
    const kind = this.#kind(index);
    const outcome = await this.#insist(
      `the answer of ${id}`,
      async () => (await kind.settle?.(this.#context(index, false), args)) ?? 'undone',
    );
    if (outcome === 'done') {
      await this.#insist('the journal', () => this.#mark(index, { state: 'done', result: null }));
      this.results.set(id, null);
      this.#meter.finished(index);
    }
    return outcome;
  }

  async #unwind(failure: unknown): Promise<PlanEnd> {
    const started = [...this.#entry.steps.keys()].filter(index => ['begun', 'done'].includes(this.#state(index).state));
    this.#options.log.info('unwinding', { reason: messageOf(failure), steps: started.length });
    if (started.length > 0 && this.#entry.direction === 'forward') {
      this.#entry.direction = 'unwind';
      this.#entry.reason = messageOf(failure);
      await this.#insist('the journal', () => this.#save());
    }
    for (const index of started.reverse()) await this.#undo(index);
    if (started.length > 0 || this.#entry.direction === 'unwind') await this.#end();
    this.#ended = true;
    return { kind: 'undone', failure };
  }

  async #undo(index: number): Promise<void> {
    this.#closing.signal.throwIfAborted();
    const { id, args } = this.#step(index);
    const kind = this.#kind(index);
    if (!kind.undo) return;
    this.#meter.undoing(index);
    this.#crashPoint(index, 'before-undo');
    await this.#insist(`the undo of ${id}`, async () => await kind.undo?.(this.#context(index, false), args));
    this.#crashPoint(index, 'after-undo');
    this.results.delete(id);
    await this.#insist('the journal', () => this.#mark(index, { state: 'undone' }));
  }

  /** Repeats until it works or the engine closes; each failure is reported. */
  async #insist<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    const { clock, backoff, log } = this.#options;
    return await retry(attempt, {
      clock,
      backoff,
      signal: this.#closing.signal,
      onFailure: (error, failures, waitMs) => {
        log.warn(`${what} failed; trying again`, { error, failures, waitMs: Math.round(waitMs) });
        this.#meter.troubled(messageOf(error));
      },
    });
  }

  /** The new state is in force only if it could be made durable. A note stays. */
  async #mark(index: number, change: Omit<StepEntry, 'note'>): Promise<void> {
    const entry = this.#state(index);
    const previous = entry.state;
    entry.state = change.state;
    if (change.result !== undefined) entry.result = change.result;
    try {
      await this.#save();
    } catch (error) {
      entry.state = previous;
      throw error;
    }
  }

  #save(): Promise<void> {
    return this.#options.journal.put(this.id, encodeEntry(this.#entry));
  }

  async #end(): Promise<void> {
    await this.#insist('the journal', () => this.#options.journal.delete(this.id));
    this.#ended = true;
  }

  #context(index: number, cancellable: boolean): StepContext {
    const { signal, log } = this.#options;
    const entry = this.#state(index);
    const save = (): Promise<void> => this.#save();
    const hasEnded = (): boolean => this.#ended;
    return {
      planId: this.id,
      signal: cancellable && signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal,
      log: log.with({ step: this.#step(index).id }),
      results: this.results,
      progress: progress => this.#meter.stepped(index, progress),
      get note() {
        return entry.note;
      },
      async remember(note) {
        if (hasEnded()) throw new Error('the plan has ended; there is nothing to remember for');
        entry.note = note;
        await save();
      },
    };
  }

  #tell(progress: PlanProgress): void {
    this.#label = progress.label;
    try {
      this.#options.onProgress?.(progress);
    } catch (error) {
      this.#options.log.warn('progress could not be told', { error });
    }
  }

  #crashPoint(index: number, phase: CrashPhase): void {
    this.#options.crashPoint?.({ planId: this.id, planKind: this.#entry.plan.kind, stepId: this.#step(index).id, phase });
  }

  #pastPivot(): boolean {
    return this.#pivotIndex >= 0 && this.#state(this.#pivotIndex).state === 'done';
  }

  #step(index: number): PlannedStep {
    const step = this.#entry.plan.steps[index];
    if (!step) throw new RangeError(`plan ${this.id} has no step ${index}`);
    return step;
  }

  #state(index: number): StepEntry {
    const entry = this.#entry.steps[index];
    if (!entry) throw new RangeError(`plan ${this.id} has no step ${index}`);
    return entry;
  }

  #kind(index: number): StepKind {
    const name = this.#step(index).kind;
    const kind = this.#options.kinds.get(name);
    if (!kind) throw new Error(`no step kind ${name} is defined`);
    return kind;
  }
}
