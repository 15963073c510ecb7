// Plans of every shape, with steps that fail, undos that fail, and processes that die at every point, several times over. Whatever
// happens, the world ends as it began or with everything done, and never between.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CrashPhase, CrashPlace } from '../../src/engine/crash-point.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { type Journal, memoryJournal } from '../../src/engine/journal.ts';
import type { Engine, Plan } from '../../src/engine/types.ts';
import { silentLogger } from '../../src/lib/logger.ts';

const PHASES: readonly CrashPhase[] = ['before-do', 'after-do', 'journalled', 'before-undo', 'after-undo'];
const LOCKS = ['vm-1', 'vm-2', 'sr'];

interface StepPlan {
  /** Runs that fail before one succeeds, over all lives. */
  readonly failures: number;
  /** A failing run has done its work when it fails: only the answer was lost. */
  readonly failsLate: boolean;
  readonly undoFailures: number;
}
interface Death {
  readonly step: number;
  /** `during-do`: half of the work is done. */
  readonly phase: CrashPhase | 'during-do';
}
interface Scenario {
  readonly steps: readonly StepPlan[];
  readonly pivot: number | undefined;
  readonly settles: boolean;
  readonly afterCrash: 'unwind' | 'forward';
  /** One per life; what comes after the last lives on. */
  readonly deaths: readonly Death[];
}

const stepPlan: fc.Arbitrary<StepPlan> = fc.record({
  failures: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }),
  failsLate: fc.boolean(),
  undoFailures: fc.integer({ min: 0, max: 2 }),
});
const scenario: fc.Arbitrary<Scenario> = fc.integer({ min: 1, max: 6 }).chain(count =>
  fc.record({
    steps: fc.array(stepPlan, { minLength: count, maxLength: count }),
    pivot: fc.option(fc.nat({ max: count - 1 }), { nil: undefined }),
    settles: fc.boolean(),
    afterCrash: fc.constantFrom('unwind' as const, 'forward' as const),
    deaths: fc.array(fc.record({ step: fc.nat({ max: count - 1 }), phase: fc.constantFrom(...PHASES, 'during-do' as const) }), {
      maxLength: 4,
    }),
  }),
);

const planOf = ({ steps, pivot, afterCrash }: Scenario): Plan => ({
  kind: 'test',
  locks: LOCKS,
  steps: steps.map((_, index) => ({ id: `s${index}`, kind: `k${index}`, label: '', weight: 1, args: {} })),
  afterCrash,
  ...(pivot === undefined ? {} : { pivot: `s${pivot}` }),
});

/** What outlives a process: the world that steps change, the journal, and how often each step has failed. */
class Universe {
  readonly done = new Set<string>();
  readonly entries = new Map<string, string>();
  readonly runsLeft: number[];
  readonly undosLeft: number[];
  /** The other party has taken over: from then on there is no way back. */
  isDecided = false;
  constructor(steps: readonly StepPlan[]) {
    this.runsLeft = steps.map(({ failures }) => failures);
    this.undosLeft = steps.map(({ undoFailures }) => undoFailures);
  }
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** One process: from its death on, nothing that it does has any effect. */
const startLife = (universe: Universe, given: Scenario, death: Death | undefined) => {
  const died = Promise.withResolvers<'died'>();
  let isDead = false;
  const die = (): Promise<never> => {
    isDead = true;
    died.resolve('died');
    return never();
  };
  const isDue = (step: string, phase: Death['phase']): boolean => death !== undefined && `s${death.step}` === step && death.phase === phase;
  const stored = memoryJournal(universe.entries);
  const journal: Journal = {
    ...stored,
    put: (id, entry) => (isDead ? never() : stored.put(id, entry)),
    delete: id => (isDead ? never() : stored.delete(id)),
  };
  const crashPoint = ({ stepId, phase }: CrashPlace): void => {
    if (!isDue(stepId, phase)) return;
    void die();
    throw new Error('dying');
  };
  const engine = createEngine({ journal, log: silentLogger, backoff: { firstMs: 0, maxMs: 0, factor: 1, jitter: 0 }, crashPoint });
  for (const [index, { failsLate }] of given.steps.entries()) defineStep(index, failsLate);
  return { engine, died: died.promise };

  function defineStep(index: number, failsLate: boolean): void {
    const settle = async (): Promise<'done' | 'undone'> => (universe.done.has(`s${index} b`) ? 'done' : 'undone');
    engine.define({
      kind: `k${index}`,
      async run() {
        if (isDead) return await never<number>();
        const left = universe.runsLeft[index] ?? 0;
        universe.runsLeft[index] = left - 1;
        if (left > 0 && !failsLate) throw new Error('failed');
        universe.done.add(`s${index} a`);
        if (isDue(`s${index}`, 'during-do')) return await die();
        universe.done.add(`s${index} b`);
        if (given.settles && index === given.pivot) universe.isDecided = true;
        if (left > 0) throw new Error('failed');
        return index;
      },
      async undo() {
        if (isDead) return await never();
        const left = universe.undosLeft[index] ?? 0;
        universe.undosLeft[index] = left - 1;
        if (left > 0) throw new Error('undo failed');
        universe.done.delete(`s${index} b`);
        universe.done.delete(`s${index} a`);
      },
      ...(given.settles && index === given.pivot ? { settle } : {}),
    });
  }
};

type Ending = 'done' | 'undone' | 'died';

const firstLife = async (engine: Engine, plan: Plan): Promise<Ending> => {
  try {
    await engine.run(plan, { id: 'p' });
    return 'done';
  } catch {
    return 'undone';
  }
};

const nextLife = async (engine: Engine): Promise<Ending | 'nothing'> => {
  const [plan] = await engine.recover();
  if (!plan) return 'nothing';
  expect(engine.holder('sr')?.planId).toBe('p');
  return await plan.finished;
};

const everything = ({ steps }: Scenario): Set<string> => new Set(steps.flatMap((_, index) => [`s${index} a`, `s${index} b`]));

describe('a plan', () => {
  test('ends with everything done or nothing, whatever fails and whenever the process dies', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async given => {
        const universe = new Universe(given.steps);
        const wasPastPivot = (): boolean => {
          const entry = universe.entries.get('p');
          return entry !== undefined && given.pivot !== undefined && JSON.parse(entry).steps[given.pivot].state === 'done';
        };
        let ending: Ending | 'nothing' = 'died';
        let mustBeDone = false;
        for (const [life, death] of [...given.deaths, undefined].entries()) {
          const { engine, died } = startLife(universe, given, death);
          ending = await Promise.race([life === 0 ? firstLife(engine, planOf(given)) : nextLife(engine), died]);
          mustBeDone ||= wasPastPivot();
          if (ending !== 'died') {
            expect(engine.holder('sr')).toBeUndefined();
            break;
          }
        }
        expect(universe.entries.size).toBe(0);
        expect(universe.done).toEqual(universe.done.size > 0 ? everything(given) : new Set());
        if (ending === 'done' || mustBeDone || universe.isDecided) expect(universe.done.size).toBeGreaterThan(0);
        if (ending === 'undone') expect(universe.done.size).toBe(0);
      }),
      { numRuns: 1_500 },
    );
  });

  test.each(PHASES.slice(0, 3).flatMap(phase => [0, 1, 2, 3].map(step => ({ phase, step }))))(
    'of four steps with a pivot at the third: death at $phase of step $step',
    async ({ phase, step }) => {
      const fine: StepPlan = { failures: 0, failsLate: false, undoFailures: 0 };
      const given: Scenario = {
        steps: [fine, fine, fine, fine],
        pivot: 2,
        settles: false,
        afterCrash: 'unwind',
        deaths: [{ step, phase }],
      };
      const universe = new Universe(given.steps);
      const first = startLife(universe, given, given.deaths[0]);
      expect(await Promise.race([firstLife(first.engine, planOf(given)), first.died])).toBe('died');
      const isPastPivot = step > 2 || (step === 2 && phase === 'journalled');
      expect(await nextLife(startLife(universe, given, undefined).engine)).toBe(isPastPivot ? 'done' : 'undone');
      expect(universe.done).toEqual(isPastPivot ? everything(given) : new Set());
    },
  );
});

describe('plans at the same time', () => {
  const request = fc.record({
    locks: fc.uniqueArray(fc.constantFrom(...LOCKS), { maxLength: 3 }),
    steps: fc.integer({ min: 1, max: 3 }),
    fails: fc.boolean(),
  });

  test('never overlap where their locks do, and all end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 12 }), fc.scheduler(), async (requests, scheduler) => {
        const engine = createEngine({ journal: memoryJournal(), log: silentLogger });
        const inside = new Map<string, string>();
        const enter = async (planId: string, locks: readonly string[]): Promise<void> => {
          for (const lock of locks) {
            expect([undefined, planId]).toContain(inside.get(lock));
            expect(engine.holder(lock)?.planId).toBe(planId);
            inside.set(lock, planId);
          }
          await scheduler.schedule(Promise.resolve());
        };
        for (const fails of [false, true]) {
          engine.define<{ readonly locks: readonly string[] }, null>({
            kind: fails ? 'fail' : 'work',
            async run({ planId }, { locks }) {
              await enter(planId, locks);
              if (fails) throw new Error('failed');
              return null;
            },
            async undo({ planId }, { locks }) {
              await enter(planId, locks);
            },
          });
        }
        const leave = (planId: string): void => {
          for (const [lock, holder] of inside) if (holder === planId) inside.delete(lock);
        };
        const running = requests.map(async ({ locks, steps, fails }, index) => {
          const id = String(index);
          const step = (at: number) => ({ id: String(at), label: '', weight: 1, args: { locks } });
          const plan: Plan = {
            kind: 'test',
            locks,
            steps: Array.from({ length: steps }, (_, at) => ({ ...step(at), kind: fails && at === steps - 1 ? 'fail' : 'work' })),
          };
          const last = (fraction: number): void => {
            if (fraction === 1) leave(id);
          };
          await engine.run(plan, { id, onProgress: ({ fraction }) => last(fraction) }).catch(() => leave(id));
        });
        await scheduler.waitFor(Promise.all(running));
        expect(LOCKS.map(lock => engine.holder(lock))).toEqual([undefined, undefined, undefined]);
      }),
    );
  });
});
