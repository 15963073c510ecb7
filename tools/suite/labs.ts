// The labs: the folders of test/lab that hold suites, each on real programs; and what of them runs at a time.

import { readdirSync } from 'node:fs';
import { add, jest, none, type Tally } from './jest.ts';

export const labs = (): readonly string[] =>
  readdirSync('test/lab', { withFileTypes: true })
    .filter(entry => entry.isDirectory() && readdirSync(`test/lab/${entry.name}`).some(name => name.endsWith('.test.ts')))
    .map(entry => entry.name)
    .sort();

/** Suites that one Jest runs. */
interface Lane {
  readonly labs: readonly string[];
  readonly workers: number;
  /** How the names of its suites begin, as a regular expression; all suites otherwise. */
  readonly suites?: string;
  /** What it is told when all labs run: some do less of the same then. */
  readonly amongAll?: Readonly<Record<string, string>>;
}

const QUICK = { XCP_LAB_XEN_QUICK: '1' };

/** Lanes that stand beside each other, one round after the other. */
const ROUNDS: readonly (readonly Lane[])[] = [
  // Two whole emulated machines that wait for each other take both cores: anything beside them would make them several times slower.
  [{ labs: ['xen'], workers: 1, suites: 'hosts\\.', amongAll: QUICK }],
  // The hosts of the network's lab share one switch, and mostly wait; an emulated machine takes one core.
  [
    { labs: ['network', 'package', 'program', 'terminal'], workers: 1 },
    { labs: ['xen'], workers: 1, suites: 'hypervisor\\.', amongAll: QUICK },
  ],
  [
    { labs: ['xen'], workers: 1, suites: 'installed\\.', amongAll: QUICK },
    { labs: ['xen'], workers: 1, suites: '(host|many)\\.', amongAll: QUICK },
  ],
  // One of them mostly waits for a silent link to be noticed.
  [{ labs: ['qemu'], workers: 3 }],
];

const title = ({ labs: names, suites }: Lane): string =>
  `lab: ${names.join(', ')}${suites === undefined ? '' : ` (${suites.replaceAll('\\.', '')})`}`;

/** What runs beside another lane prints all it has to say at its end. */
const run = (lane: Lane, args: readonly string[], isAlone: boolean): Promise<Tally> => {
  const { labs: names, workers, suites = '', amongAll: env = {} } = lane;
  const pattern = `test/lab/(${names.join('|')})/${suites}`;
  return jest('jest.lab.config.js', ['--testPathPatterns', pattern, `--maxWorkers=${workers}`, ...args], {
    title: title(lane),
    env,
    output: isAlone ? 'as it comes' : 'at the end',
  });
};

const runRounds = async (rounds: readonly (readonly Lane[])[], args: readonly string[]): Promise<Tally> => {
  let total = none;
  for (const lanes of rounds)
    for (const tally of await Promise.all(lanes.map(lane => run(lane, args, lanes.length === 1)))) total = add(total, tally);
  return total;
};

const LANES_AT_A_TIME = 2;

/** Of one lab; what stands beside others' suites otherwise stands beside its own. */
export const runLab = (name: string, args: readonly string[] = []): Promise<Tally> => {
  const ofIt = (rounds: typeof ROUNDS): readonly Lane[] =>
    rounds.flatMap(lanes => lanes.filter(lane => lane.labs.includes(name)).map(lane => ({ ...lane, labs: [name], amongAll: {} })));
  const alone = ofIt(ROUNDS.filter(lanes => lanes.length === 1)).map(lane => [lane]);
  const beside = ofIt(ROUNDS.filter(lanes => lanes.length > 1));
  const rounds = Array.from({ length: Math.ceil(beside.length / LANES_AT_A_TIME) }, (_, i) =>
    beside.slice(i * LANES_AT_A_TIME, (i + 1) * LANES_AT_A_TIME),
  );
  return runRounds([...alone, ...rounds], args);
};

/** Rejects when one of the folders is in no round: it would never run. */
export const runLabs = async (): Promise<Tally> => {
  const forgotten = labs().filter(name => !ROUNDS.some(lanes => lanes.some(lane => lane.labs.includes(name))));
  if (forgotten.length > 0) throw new Error(`no round has the lab ${forgotten.join(', ')}`);
  return runRounds(ROUNDS, []);
};
