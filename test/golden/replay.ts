// The recorded commands run again, whichever way a command is run: in this process, or by the shipped program.

import { inTurn } from '../../src/lib/in-turn.ts';
import { difference, type Outcome } from './compare.ts';
import { readCases, type ReadCase, type Scenario, scenarios } from './recordings.ts';
import { createTally, type Tally } from './tally.ts';
import { type Bindings, filled } from './text.ts';
import { asksForUnderivable, withoutUnderivable } from './underivable.ts';

export interface Command {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The text of `~/.xe`. */
  readonly rcfile?: string;
  readonly stdin?: string;
  /** Over the network, where user and password count, rather than by the local socket. */
  readonly isRemote: boolean;
}

/** A recorded pool that is served, and somebody to type commands at it. */
export interface RecordedPool extends AsyncDisposable {
  /** What the placeholders stand for here. */
  readonly names: ReadonlyMap<string, string>;
  run(command: Command): Promise<Outcome>;
}

export type ServePool = (pool: 'A' | 'B') => Promise<RecordedPool>;

const only = process.env['XCP_GOLDEN_ONLY'];

/** The commands that only read, or fail without effect, so many at a time; of each family every so-manieth. */
export const replayReads = async (serve: ServePool, atATime: number, every = 1): Promise<Tally> => {
  await using pool = await serve('A');
  const tally = createTally();
  const wanted = readCases().filter(each => !asksForUnderivable(each) && (only === undefined || each.family.includes(only)));
  const cases = [...Map.groupBy(wanted, ({ family }) => family).values()].flatMap(family => family.filter((_, i) => i % every === 0));
  await inTurn(cases, atATime, async each => tally.add(each.family, each.id, await read(each, pool)));
  return tally;
};

const read = async (recorded: ReadCase, pool: RecordedPool): Promise<string | undefined> => {
  const names: Bindings = new Map(pool.names);
  const fill = (text: string): string => filled(text, names);
  const found = await pool.run({
    argv: recorded.argv.map(fill),
    env: Object.fromEntries(Object.entries(recorded.env ?? {}).map(([name, value]) => [name, fill(value)])),
    ...(recorded.rcfile !== undefined && { rcfile: fill(recorded.rcfile) }),
    isRemote: recorded.transport === 'tls',
  });
  const wanted = { ...recorded, stdout: withoutUnderivable(recorded.stdout) };
  return difference(wanted, { ...found, stdout: withoutUnderivable(found.stdout) }, names);
};

/** Every scenario, each from the pristine pool, its commands in order; so many scenarios at a time. */
export const replayScenarios = async (serve: ServePool, atATime: number): Promise<Tally> => {
  const tally = createTally();
  const wanted = scenarios().filter(({ scenario }) => only === undefined || scenario.includes(only));
  await inTurn(wanted, atATime, async each => {
    await using pool = await serve('B');
    await replayScenario(each, pool, tally);
  });
  return tally;
};

const replayScenario = async ({ scenario, steps }: Scenario, pool: RecordedPool, tally: Tally): Promise<void> => {
  const bindings: Bindings = new Map(pool.names);
  for (const [index, step] of steps.entries()) {
    const found = await pool.run({
      argv: step.argv.map(word => filled(word, bindings)),
      env: {},
      ...(step.stdin !== undefined && { stdin: filled(step.stdin, bindings) }),
      isRemote: false,
    });
    // What a step binds is bound whatever it printed, so that the steps after it stand on their own.
    for (const name of Object.keys(step.bind ?? {})) bindings.set(name, found.stdout.trim());
    tally.add(scenario, `${scenario}.${index + 1}`, difference(step, found, bindings));
  }
};
