import { describe, expect, test } from '@jest/globals';
import { createEngine, EngineClosedError, PlanError } from '../../../src/engine/engine.ts';
import { memoryJournal } from '../../../src/engine/journal.ts';
import type { Plan, PlannedStep, PlanProgress, StepContext, StepKind } from '../../../src/engine/types.ts';
import type { Json } from '../../../src/lib/json.ts';
import { silentLogger } from '../../../src/lib/logger.ts';

const quick = { firstMs: 0, maxMs: 1, factor: 2, jitter: 0 };
const step = (id: string, kind = id, weight = 1): PlannedStep => ({ id, kind, label: `Doing ${id}`, weight, args: { id } });
const planOf = (ids: readonly string[], more: Partial<Plan> = {}): Plan => ({
  kind: 'test',
  locks: [],
  steps: ids.map(id => step(id)),
  ...more,
});

const setUp = (entries = new Map<string, string>()) => {
  const journal = memoryJournal(entries);
  const engine = createEngine({ journal, log: silentLogger, backoff: quick, closeGraceMs: 50 });
  const trace: string[] = [];
  const define = (kind: string, parts: Partial<StepKind> = {}): void =>
    engine.define({
      kind,
      async run(context, args) {
        trace.push(`do ${kind}`);
        return parts.run ? await parts.run(context, args) : `${kind} is done`;
      },
      async undo(context, args) {
        trace.push(`undo ${kind}`);
        await parts.undo?.(context, args);
      },
      ...(parts.settle ? { settle: parts.settle.bind(parts) } : {}),
    });
  return { engine, trace, define, entries };
};
const failing = async (): Promise<never> => {
  throw new Error('no space');
};

describe('a plan', () => {
  test('runs its steps in order, hands results on and leaves no journal entry', async () => {
    const { engine, trace, define, entries } = setUp();
    define('a');
    define('b', { run: async ({ results }) => [results.get('a') ?? null, 'then b'] });
    const outcome = await engine.run(planOf(['a', 'b']));
    expect(trace).toEqual(['do a', 'do b']);
    expect(outcome.results.get('b')).toEqual(['a is done', 'then b']);
    expect(entries.size).toBe(0);
  });

  test('that fails is undone in reverse, the failed step too, and rejects with the failure', async () => {
    const { engine, trace, define, entries } = setUp();
    for (const kind of ['a', 'b', 'd']) define(kind);
    define('c', { run: failing });
    await expect(engine.run(planOf(['a', 'b', 'c', 'd']))).rejects.toThrow('no space');
    expect(trace).toEqual(['do a', 'do b', 'do c', 'undo c', 'undo b', 'undo a']);
    expect(entries.size).toBe(0);
  });

  test('waits for its unwinding: an undo that fails is tried again', async () => {
    const { engine, trace, define } = setUp();
    let failures = 2;
    define('a', {
      undo: async () => {
        if (failures-- > 0) throw new Error('busy');
      },
    });
    define('b', { run: failing });
    const labels: string[] = [];
    await expect(engine.run(planOf(['a', 'b']), { onProgress: ({ label }) => labels.push(label) })).rejects.toThrow('no space');
    expect(trace).toEqual(['do a', 'do b', 'undo b', 'undo a', 'undo a', 'undo a']);
    expect(labels.at(-1)).toBe('Undoing: Doing a (failed, trying again: busy)');
  });

  test('past its pivot goes forward whatever fails', async () => {
    const { engine, trace, define } = setUp();
    let failures = 3;
    define('a');
    define('p');
    define('z', {
      run: async () => {
        if (failures-- > 0) throw new Error('not yet');
        return null;
      },
    });
    await engine.run(planOf(['a', 'p', 'z'], { pivot: 'p' }));
    expect(trace).toEqual(['do a', 'do p', 'do z', 'do z', 'do z', 'do z']);
  });

  test('is refused when it is written wrongly', async () => {
    const { engine, define } = setUp();
    define('a');
    await expect(engine.run(planOf(['a', 'x']))).rejects.toThrow(PlanError);
    await expect(engine.run(planOf(['a', 'a']))).rejects.toThrow('two steps of one id');
    await expect(engine.run(planOf(['a'], { pivot: 'b' }))).rejects.toThrow('no step b to pivot on');
  });
});

describe('cancelling', () => {
  test('before the pivot unwinds and rejects with the reason', async () => {
    const { engine, trace, define } = setUp();
    const cancel = new AbortController();
    define('a', {
      run: async ({ signal }) => {
        cancel.abort(new Error('cancelled by hand'));
        signal.throwIfAborted();
        return null;
      },
    });
    define('p');
    await expect(engine.run(planOf(['a', 'p'], { pivot: 'p' }), { signal: cancel.signal })).rejects.toThrow('cancelled by hand');
    expect(trace).toEqual(['do a', 'undo a']);
  });

  test('is refused from the pivot on: the caller is told, the step does not hear of it', async () => {
    const { engine, trace, define } = setUp();
    const cancel = new AbortController();
    const told: boolean[] = [];
    define('a');
    define('p', {
      run: async ({ signal }) => {
        cancel.abort();
        signal.throwIfAborted();
        return null;
      },
    });
    define('z');
    await engine.run(planOf(['a', 'p', 'z'], { pivot: 'p' }), {
      signal: cancel.signal,
      onCancellable: cancellable => told.push(cancellable),
    });
    expect(told).toEqual([false]);
    expect(trace).toEqual(['do a', 'do p', 'do z']);
  });

  test('while waiting for a lock leaves no trace', async () => {
    const { engine, trace, define, entries } = setUp();
    define('a');
    const cancel = new AbortController();
    const held = Promise.withResolvers<void>();
    const holding = engine.withLocks(['vm'], () => held.promise, { label: 'a snapshot' });
    const waiting = engine.run(planOf(['a'], { locks: ['vm'] }), { signal: cancel.signal });
    expect(engine.holder('vm')?.label).toBe('a snapshot');
    cancel.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect([trace.length, entries.size]).toEqual([0, 0]);
    held.resolve();
    await holding;
    expect(engine.holder('vm')).toBeUndefined();
  });
});

describe('a pivot whose outcome another party decides', () => {
  const settling = (outcomes: readonly (Error | 'done' | 'undone')[]) => {
    const left = [...outcomes];
    return async (): Promise<'done' | 'undone'> => {
      const next = left.shift() ?? 'undone';
      if (next instanceof Error) throw next;
      return next;
    };
  };

  test('goes forward when the answer is done, however often it must ask', async () => {
    const { engine, trace, define } = setUp();
    define('a');
    define('p', { run: failing, settle: settling([new Error('unreachable'), new Error('unreachable'), 'done']) });
    define('z', { run: async ({ results }) => results.get('p') ?? null });
    const { results } = await engine.run(planOf(['a', 'p', 'z'], { pivot: 'p' }));
    expect(trace).toEqual(['do a', 'do p', 'do z']);
    expect(results.get('z')).toBeNull();
  });

  test('unwinds when the answer is undone', async () => {
    const { engine, trace, define } = setUp();
    define('a');
    define('p', { run: failing, settle: settling(['undone']) });
    await expect(engine.run(planOf(['a', 'p'], { pivot: 'p' }))).rejects.toThrow('no space');
    expect(trace).toEqual(['do a', 'do p', 'undo p', 'undo a']);
  });
});

describe('progress', () => {
  test('is weighted, never goes back and ends at one', async () => {
    const { engine, define } = setUp();
    const seen: PlanProgress[] = [];
    define('a', {
      run: async context => {
        context.progress({ fraction: 0.5, doneBytes: 5, totalBytes: 10 });
        context.progress({ fraction: 0.25 });
        return null;
      },
    });
    define('b');
    const plan: Plan = { kind: 'test', locks: [], steps: [step('a', 'a', 3), step('b', 'b', 1)] };
    await engine.run(plan, { onProgress: progress => seen.push(progress) });
    expect(seen.map(({ fraction }) => fraction)).toEqual([0, 0.375, 0.375, 0.75, 0.75, 1]);
    expect(seen[1]).toEqual({ fraction: 0.375, label: 'Doing a', doneBytes: 5, totalBytes: 10 });
  });
});

describe('the next life', () => {
  /** Runs the plan until `stopAt` begins, closes the engine there, and gives what the journal holds. */
  const interrupted = async (plan: Plan, stopAt: string) => {
    const { engine, define, entries } = setUp();
    const begun = Promise.withResolvers<void>();
    for (const { kind } of plan.steps) {
      define(kind, {
        run: async context => {
          await context.remember({ handle: `${kind} 1` });
          if (kind !== stopAt) return `${kind} is done`;
          begun.resolve();
          return await new Promise<never>((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
        },
      });
    }
    const running = engine.run(plan, { id: 'plan-1' });
    const refused = expect(running).rejects.toThrow(EngineClosedError);
    await begun.promise;
    await engine.close();
    await refused;
    await expect(engine.run(plan)).rejects.toThrow(EngineClosedError);
    return entries;
  };
  const noteOf = (context: StepContext) => context.note?.['handle'] ?? null;

  test('unwinds by default, with the notes of the life before', async () => {
    const { engine, trace, define, entries } = setUp(await interrupted(planOf(['a', 'b', 'c'], { locks: ['vm'] }), 'b'));
    const notes: Json[] = [];
    for (const kind of ['a', 'b', 'c']) {
      define(kind, {
        undo: async context => {
          notes.push(noteOf(context));
        },
      });
    }
    const [plan] = await engine.recover();
    expect(plan).toMatchObject({ id: 'plan-1', kind: 'test', direction: 'unwind' });
    expect(engine.holder('vm')?.planId).toBe('plan-1');
    expect(await plan?.finished).toBe('undone');
    expect(trace).toEqual(['undo b', 'undo a']);
    expect(notes).toEqual(['b 1', 'a 1']);
    expect([entries.size, engine.holder('vm')]).toEqual([0, undefined]);
  });

  test('goes forward when the plan says so', async () => {
    const { engine, trace, define } = setUp(await interrupted(planOf(['a', 'b', 'c'], { afterCrash: 'forward' }), 'b'));
    for (const kind of ['a', 'b']) define(kind);
    define('c', { run: async ({ results }) => results.get('a') ?? null });
    const [plan] = await engine.recover();
    expect(plan?.direction).toBe('forward');
    expect(await plan?.finished).toBe('done');
    expect(trace).toEqual(['do b', 'do c']);
  });

  test('goes forward past the pivot', async () => {
    const { engine, trace, define } = setUp(await interrupted(planOf(['a', 'b', 'c'], { pivot: 'b' }), 'c'));
    for (const kind of ['a', 'b', 'c']) define(kind);
    const [plan] = await engine.recover();
    expect(await plan?.finished).toBe('done');
    expect(trace).toEqual(['do c']);
  });

  test.each([
    ['done', ['do c'], 'done'],
    ['undone', ['undo b', 'undo a'], 'undone'],
  ] as const)('asks a pivot that was under way: %s', async (answer, expected, outcome) => {
    const { engine, trace, define } = setUp(await interrupted(planOf(['a', 'b', 'c'], { pivot: 'b' }), 'b'));
    for (const kind of ['a', 'c']) define(kind);
    define('b', { settle: async () => answer });
    const [plan] = await engine.recover();
    expect(plan?.direction).toBe('settle');
    expect(await plan?.finished).toBe(outcome);
    expect(trace).toEqual(expected);
  });

  test('keeps its hands off a plan that it does not know, and its locks closed', async () => {
    const { engine, entries } = setUp(await interrupted(planOf(['a', 'b'], { locks: ['vm'] }), 'b'));
    const [plan] = await engine.recover();
    await expect(plan?.finished).rejects.toThrow('no step kind a is defined');
    expect(engine.holder('vm')?.planId).toBe('plan-1');
    expect(entries.size).toBe(1);
  });
});
