// Does the steps of a plan: one phase after the other, within a phase some at a time. A step that fails does not stop those beside it, but
// no later phase begins; what is done stays, and applying the file again goes on from there.

import type { Session } from '../../../client/session.ts';
import { runTask } from '../../../client/tasks.ts';
import type { Ref } from '../../../lib/brand.ts';
import { inTurn } from '../../../lib/in-turn.ts';
import { CommandError } from '../../exit.ts';
import { type Phase, phases, type Step } from './plan.ts';

export interface Doing {
  readonly session: Session;
  readonly signal: AbortSignal;
  /** The network or SR of that name, also one that an earlier step has made. */
  readonly ref: <C extends 'network' | 'SR'>(cls: C, name: string) => Promise<Ref<C>>;
  /** Notes what was made, for the steps that follow. */
  readonly made: (cls: 'network' | 'SR', name: string, ref: string) => void;
  /** A call that may take long, as a task. Resolves with its result. */
  readonly task: (method: string, params: readonly unknown[]) => Promise<string>;
}

export type Outcome = { readonly step: Step } & (
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'skipped' }
);

/** How many at a time: bonds take interfaces from one another, new SRs may share a medium. */
const widths: Readonly<Record<Phase, number>> = { network: 16, bond: 1, VLAN: 16, SR: 1, VM: 4 };

export const perform = async (
  doing: Doing,
  steps: readonly Step[],
  onEnd: (outcome: Outcome) => Promise<void>,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  const end = async (outcome: Outcome): Promise<void> => {
    outcomes.push(outcome);
    await onEnd(outcome);
  };
  for (const phase of phases) {
    const due = steps.filter(step => step.phase === phase);
    const stopped = outcomes.some(({ kind }) => kind !== 'done');
    await inTurn(due, stopped ? 1 : widths[phase], async step => {
      if (stopped || doing.signal.aborted) await end({ kind: 'skipped', step });
      else await end(await outcomeOf(doing, step));
    });
  }
  return outcomes;
};

const outcomeOf = async (doing: Doing, step: Step): Promise<Outcome> => {
  try {
    await step.run(doing);
    return { kind: 'done', step };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'failed', step, error };
  }
};

/** `known` are the references that were there when the plan was made. */
export const doingWith = (session: Session, signal: AbortSignal, known: ReadonlyMap<string, string>): Doing => {
  const refs = new Map(known);
  return {
    session,
    signal,
    ref: async (cls, name) => {
      const found = refs.get(`${cls}/${name}`);
      if (found === undefined) throw new CommandError(`There is no ${cls} called ${name}`);
      return found as Ref<typeof cls>;
    },
    made: (cls, name, ref) => void refs.set(`${cls}/${name}`, ref),
    task: async (method, params) => {
      const task = await session.raw(`Async.${method}`, params);
      return await runTask(session, task as Ref<'task'>);
    },
  };
};
