// The labs: the folders of test/lab that hold suites, each on real programs.

import { readdirSync } from 'node:fs';
import { jest, type Tally } from './jest.ts';

export const labs = (): readonly string[] =>
  readdirSync('test/lab', { withFileTypes: true })
    .filter(entry => entry.isDirectory() && readdirSync(`test/lab/${entry.name}`).some(name => name.endsWith('.test.ts')))
    .map(entry => entry.name)
    .sort();

/** How many suites of a lab run at a time, where it is not two. */
const workers: Readonly<Record<string, number>> = {
  // The hosts of a machine share one switch.
  network: 1,
  // One of them mostly waits for a silent link to be noticed.
  qemu: 3,
};

export const runLab = (name: string, args: readonly string[] = []): Promise<Tally> => {
  const atATime = workers[name];
  const width = atATime === undefined ? [] : [`--maxWorkers=${atATime}`];
  return jest('jest.lab.config.js', ['--testPathPatterns', `test/lab/${name}/`, ...width, ...args]);
};
