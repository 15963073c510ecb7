// `npm run lab -- NAME`: the suites of test/lab/NAME on real programs.

import { existsSync } from 'node:fs';
import { jest, line } from './jest.ts';

const [name = '', ...args] = process.argv.slice(2);
if (!/^[a-z]+$/.test(name) || !existsSync(`test/lab/${name}`)) {
  console.error(`There is no lab ${JSON.stringify(name)}: the folders of test/lab are the labs.`);
  process.exit(1);
}
const tally = await jest('jest.lab.config.js', ['--testPathPatterns', `test/lab/${name}/`, ...args]);
console.log(line(tally));
process.exit(tally.failed > 0 ? 1 : 0);
