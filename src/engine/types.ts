// What the engine runs. It knows no VM: a plan is data (step kinds by name and JSON arguments), so a journal can hold it whole
// and a fresh process can go on with it.
//
//   pending ─do→ begun ─ok→ done ─undo→ undone          plan: running → done
//                  └fail→ (undo of this and all before)        └→ unwinding → undone (or stuck: undo keeps failing, retried)
//
// Before a plan's pivot step is done any failure, cancel or crash unwinds it (undo in reverse order, each step begun or done).
// Once the pivot is done the plan only goes forward: later steps are retried until they succeed, across restarts.
// The journal is written before each `do` and after it; `do` and `undo` must bear being repeated.

import type { Json, JsonObject } from '../lib/json.ts';
import type { Logger } from '../lib/logger.ts';

export interface PlannedStep {
  /** Unique in the plan; later steps read its result by it. */
  readonly id: string;
  readonly kind: string;
  /** For people: what the progress shows while it runs. */
  readonly label: string;
  /** Share of the whole, relative to the others. */
  readonly weight: number;
  readonly args: JsonObject;
}

export interface Plan {
  readonly kind: string;
  /** Objects (references or ids) the plan needs for itself while it runs: one writer per object. */
  readonly locks: readonly string[];
  readonly steps: readonly PlannedStep[];
  /** Id of the step after which there is no way back; absent: every failure unwinds. */
  readonly pivot?: string;
  /** After a crash of this process before the pivot: `unwind` (default), or `forward` to repeat the current step and go on. */
  readonly afterCrash?: 'unwind' | 'forward';
}

export interface StepProgress {
  /** 0 to 1 of this step. */
  readonly fraction: number;
  readonly doneBytes?: number;
  readonly totalBytes?: number;
}

export interface StepContext {
  readonly planId: string;
  /** Aborted on cancel; in `undo` it only aborts at shutdown. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Results of steps that are done, by step id. */
  readonly results: ReadonlyMap<string, Json>;
  readonly progress: (progress: StepProgress) => void;
  /** Makes a note durable before it resolves; `note` reads it in `undo` and `settle`, also after a crash. */
  readonly remember: (note: JsonObject) => Promise<void>;
  readonly note: JsonObject | undefined;
}

export interface StepKind<A extends JsonObject = JsonObject, R extends Json = Json> {
  readonly kind: string;
  run(context: StepContext, args: A): Promise<R>;
  /** Idempotent; also called when `run` was cut short or failed. Absent: nothing to undo. */
  undo?(context: StepContext, args: A): Promise<void>;
  /**
   * For a pivot whose outcome another party decides: asked when `run` failed or was cut short. `done` goes forward, `undone`
   * unwinds; a throw is retried with backoff, since neither is safe until the answer is known. The result of a pivot that was
   * settled as done is null: what later steps need of it belongs into its note.
   */
  settle?(context: StepContext, args: A): Promise<'done' | 'undone'>;
}

export interface PlanProgress {
  readonly fraction: number;
  readonly label: string;
  readonly doneBytes?: number;
  readonly totalBytes?: number;
}

export interface RunOptions {
  /** Made if absent. */
  readonly id?: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: PlanProgress) => void;
  readonly log?: Logger;
  /** Told with `false` when the pivot has begun: from then on a cancel is refused. */
  readonly onCancellable?: (cancellable: boolean) => void;
}

export interface PlanOutcome {
  readonly id: string;
  readonly results: ReadonlyMap<string, Json>;
}

export interface RecoveredPlan {
  readonly id: string;
  readonly kind: string;
  /** `settle`: the pivot was under way; the other party is asked first. */
  readonly direction: 'forward' | 'unwind' | 'settle';
  /** Rejects when the engine is closed before the end, or when the plan has steps that this version does not know. */
  readonly finished: Promise<'done' | 'undone'>;
}

export interface Engine {
  define<A extends JsonObject, R extends Json>(kind: StepKind<A, R>): void;
  /** Runs a plan to its end. Rejects with the first failure (or the signal's reason) after the unwinding is complete. */
  run(plan: Plan, options?: RunOptions): Promise<PlanOutcome>;
  /**
   * Waits for `locks` in order of arrival, then runs `fn`; for work without a plan. Not re-entrant: `fn` must not ask for one of them
   * again, neither here nor by a plan. `label` tells people who holds them.
   */
  withLocks<T>(
    locks: readonly string[],
    fn: () => Promise<T>,
    options?: { readonly signal?: AbortSignal | undefined; readonly label?: string },
  ): Promise<T>;
  /** Takes the locks of all unfinished plans of the journal and goes on with them. Once, at start, after `define`. */
  recover(options?: { readonly onProgress?: (id: string, progress: PlanProgress) => void }): Promise<readonly RecoveredPlan[]>;
  /** Who holds a lock now: for messages to people. */
  holder(lock: string): { readonly planId: string; readonly kind: string; readonly label: string } | undefined;
  /** Stops taking work; running plans are left as a crash would leave them, journalled. */
  close(): Promise<void>;
}
