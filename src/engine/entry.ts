// What the journal holds of one plan: the plan itself, how far each step is, and which way it goes.

import type { Json, JsonObject } from '../lib/json.ts';
import type { Plan, PlannedStep } from './types.ts';

/** `pending → begun → done`, and back by `undone`. */
export type StepState = 'pending' | 'begun' | 'done' | 'undone';

export interface StepEntry {
  state: StepState;
  result?: Json;
  note?: JsonObject;
}

export interface PlanEntry {
  readonly plan: Plan;
  direction: 'forward' | 'unwind';
  /** Why it unwinds, for people. */
  reason?: string;
  /** As many as the plan has steps, in their order. */
  readonly steps: readonly StepEntry[];
}

export const newEntry = (plan: Plan): PlanEntry => ({
  plan,
  direction: 'forward',
  steps: plan.steps.map(() => ({ state: 'pending' })),
});

const stepJson = (step: PlannedStep): JsonObject => ({
  id: step.id,
  kind: step.kind,
  label: step.label,
  weight: step.weight,
  args: step.args,
});

export const encodeEntry = ({ plan, direction, reason, steps }: PlanEntry): JsonObject => ({
  version: 1,
  kind: plan.kind,
  locks: plan.locks,
  ...(plan.pivot === undefined ? {} : { pivot: plan.pivot }),
  ...(plan.afterCrash === undefined ? {} : { afterCrash: plan.afterCrash }),
  plan: plan.steps.map(stepJson),
  direction,
  ...(reason === undefined ? {} : { reason }),
  steps: steps.map(step => ({ ...step })),
});

class EntryError extends Error {
  override readonly name = 'EntryError';
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const object = (value: Json | undefined, what: string): JsonObject => {
  if (!isObject(value)) throw new EntryError(`${what} is not an object`);
  return value;
};
const text = (value: Json | undefined, what: string): string => {
  if (typeof value !== 'string') throw new EntryError(`${what} is not a string`);
  return value;
};
const list = (value: Json | undefined, what: string): readonly Json[] => {
  if (!Array.isArray(value)) throw new EntryError(`${what} is not a list`);
  return value;
};
const oneOf = <T extends string>(value: Json | undefined, allowed: readonly T[], what: string): T => {
  const found = allowed.find(one => one === value);
  if (found === undefined) throw new EntryError(`${what} is none of ${allowed.join(', ')}`);
  return found;
};

const decodePlanned = (value: Json): PlannedStep => {
  const step = object(value, 'a planned step');
  return {
    id: text(step['id'], 'the id of a step'),
    kind: text(step['kind'], 'the kind of a step'),
    label: text(step['label'], 'the label of a step'),
    weight: typeof step['weight'] === 'number' ? step['weight'] : 0,
    args: object(step['args'], 'the arguments of a step'),
  };
};

const decodeStep = (value: Json): StepEntry => {
  const step = object(value, 'the state of a step');
  return {
    state: oneOf(step['state'], ['pending', 'begun', 'done', 'undone'], 'the state of a step'),
    ...(step['result'] === undefined ? {} : { result: step['result'] }),
    ...(step['note'] === undefined ? {} : { note: object(step['note'], 'the note of a step') }),
  };
};

/** Throws, saying what is wrong, when the document is not a plan of this version. */
export const decodeEntry = (entry: JsonObject): PlanEntry => {
  if (entry['version'] !== 1) throw new EntryError('it was written by a later version');
  const planned = list(entry['plan'], 'the plan').map(decodePlanned);
  const steps = list(entry['steps'], 'the states').map(decodeStep);
  if (planned.length !== steps.length) throw new EntryError('it has not as many states as steps');
  const afterCrash = entry['afterCrash'] === undefined ? undefined : oneOf(entry['afterCrash'], ['unwind', 'forward'], 'afterCrash');
  return {
    plan: {
      kind: text(entry['kind'], 'the kind'),
      locks: list(entry['locks'], 'the locks').map(lock => text(lock, 'a lock')),
      steps: planned,
      ...(entry['pivot'] === undefined ? {} : { pivot: text(entry['pivot'], 'the pivot') }),
      ...(afterCrash === undefined ? {} : { afterCrash }),
    },
    direction: oneOf(entry['direction'], ['forward', 'unwind'], 'the direction'),
    ...(entry['reason'] === undefined ? {} : { reason: text(entry['reason'], 'the reason') }),
    steps,
  };
};
