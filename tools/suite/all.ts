// `npm test`: everything, in the order in which a mistake shows soonest; ends with one line that counts it all.

import { add, jest, line, none, run, type Tally } from './jest.ts';
import { runLabs } from './labs.ts';

const bin = (name: string): string => `node_modules/.bin/${name}`;

/** A check that is one program's exit code counts as one test. */
async function check(title: string, command: string, args: readonly string[]): Promise<Tally> {
  const startedAt = performance.now();
  const code = await run(command, args);
  console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return code === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 };
}

let total = none;
total = add(total, await check('types', bin('tsc'), ['-p', '.']));
total = add(total, await check('lint', bin('oxlint'), ['--type-aware', '--deny-warnings']));
total = add(total, await check('format', bin('biome'), ['format']));
total = add(total, await jest('jest.config.js', process.argv.slice(2)));
if (process.argv.length === 2) total = add(total, await runLabs());
console.log(line(total));
process.exit(total.failed > 0 ? 1 : 0);
