// `npm run lab -- NAME`: the suites of one lab.

import { line } from './jest.ts';
import { labs, runLab } from './labs.ts';

const [name = '', ...args] = process.argv.slice(2);
if (!labs().includes(name)) {
  console.error(`There is no lab ${JSON.stringify(name)}: there are ${labs().join(', ')}.`);
  process.exit(1);
}
const tally = await runLab(name, args);
console.log(line(tally));
process.exit(tally.failed > 0 ? 1 : 0);
