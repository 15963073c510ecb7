// The labs: the folders of test/lab that hold suites, each on real programs; and what of them runs at a time.

import { readdirSync } from 'node:fs';
import { add, jest, none, type Tally } from './jest.ts';

export const labs = (): readonly string[] =>
  readdirSync('test/lab', { withFileTypes: true })
    .filter(entry => entry.isDirectory() && readdirSync(`test/lab/${entry.name}`).some(name => name.endsWith('.test.ts')))
    .map(entry => entry.name)
    .sort();

/** Suites that run in one go, so many at a time. */
interface Round {
  readonly labs: readonly string[];
  readonly workers: number;
  /** How the names of its suites begin, as a regular expression; all suites otherwise. */
  readonly suites?: string;
  /** Only when it is asked for by its name. */
  readonly isApart?: true;
}

const ROUNDS: readonly Round[] = [
  // Whole emulated machines take longer than all the rest. Two that wait for each other come first: a third one beside them would make them several times slower.
  { labs: ['xen'], workers: 1, suites: 'hosts\\.', isApart: true },
  { labs: ['xen'], workers: 2, suites: '(?!hosts\\.)', isApart: true },
  // The hosts of a machine share one switch.
  { labs: ['network'], workers: 1 },
  { labs: ['package', 'program', 'terminal'], workers: 2 },
  // One of them mostly waits for a silent link to be noticed.
  { labs: ['qemu'], workers: 3 },
];

const run = ({ labs: names, workers, suites = '' }: Round, args: readonly string[]): Promise<Tally> =>
  jest('jest.lab.config.js', ['--testPathPatterns', `test/lab/(${names.join('|')})/${suites}`, `--maxWorkers=${workers}`, ...args]);

const runRounds = async (rounds: readonly Round[], args: readonly string[]): Promise<Tally> => {
  let total = none;
  for (const round of rounds) {
    console.log(`\nlab: ${round.labs.join(', ')}`);
    total = add(total, await run(round, args));
  }
  return total;
};

export const runLab = (name: string, args: readonly string[] = []): Promise<Tally> =>
  runRounds(
    ROUNDS.filter(round => round.labs.includes(name)).map(round => ({ ...round, labs: [name] })),
    args,
  );

/** All but those apart. Rejects when one of the folders is in no round: it would never run. */
export const runLabs = async (): Promise<Tally> => {
  const forgotten = labs().filter(name => !ROUNDS.some(round => round.labs.includes(name)));
  if (forgotten.length > 0) throw new Error(`no round has the lab ${forgotten.join(', ')}`);
  for (const name of new Set(ROUNDS.flatMap(round => (round.isApart ? round.labs : []))))
    console.log(`\nlab: ${name} is left out here; npm run lab -- ${name} runs it`);
  return runRounds(
    ROUNDS.filter(({ isApart }) => !isApart),
    [],
  );
};
