// The labs: the folders of test/lab that hold suites, each on real programs.

import { readdirSync } from 'node:fs';
import { jest, type Tally } from './jest.ts';

export const labs = (): readonly string[] =>
  readdirSync('test/lab', { withFileTypes: true })
    .filter(entry => entry.isDirectory() && readdirSync(`test/lab/${entry.name}`).some(name => name.endsWith('.test.ts')))
    .map(entry => entry.name)
    .sort();

/** The hosts of a machine share one switch, so the suites of the network run one after another. */
export const runLab = (name: string, args: readonly string[] = []): Promise<Tally> =>
  jest('jest.lab.config.js', ['--testPathPatterns', `test/lab/${name}/`, ...(name === 'network' ? ['--maxWorkers=1'] : []), ...args]);
