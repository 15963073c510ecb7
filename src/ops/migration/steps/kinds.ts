// What the step kinds of a migration share: their parts, and the making of a kind from typed arguments.

import type { TransferProgress } from '../../../drivers/hypervisor.ts';
import type { Json, JsonObject } from '../../../lib/json.ts';
import type { StepContext, StepKind } from '../../../engine/types.ts';
import type { Services } from '../../context.ts';
import { fromJson } from '../../plan-json.ts';
import type { Journeys } from '../journeys.ts';
import type { StepArgs } from './args.ts';

export interface StepParts {
  readonly services: Services;
  readonly journeys: Journeys;
}

interface TypedKind<A> {
  run(context: StepContext, args: A): Promise<Json>;
  undo?(this: void, context: StepContext, args: A): Promise<void>;
  settle?(this: void, context: StepContext, args: A): Promise<'done' | 'undone'>;
}

/** A kind whose arguments are read from the journal as what the plan wrote there. */
export function stepKind<K extends keyof StepArgs>(name: K, typed: TypedKind<StepArgs[K]>): StepKind {
  const { undo, settle } = typed;
  const args = (json: JsonObject): StepArgs[K] => fromJson<StepArgs[K]>(json);
  return {
    kind: `migration.${name}`,
    run: (context, json) => typed.run(context, args(json)),
    ...(undo && { undo: (context: StepContext, json: JsonObject) => undo(context, args(json)) }),
    ...(settle && { settle: (context: StepContext, json: JsonObject) => settle(context, args(json)) }),
  };
}

/** Tells the bytes of a transfer as the step's progress. */
export const telling =
  (context: StepContext) =>
  ({ doneBytes, totalBytes }: TransferProgress): void =>
    context.progress({ fraction: totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes), doneBytes, totalBytes });
