// Every recorded scenario that changes a pool: each from the pristine pool, all its commands in order.

import { expect, test } from '@jest/globals';
import { runCli } from '../../src/cli/main.ts';
import { testIo } from '../support/test-io.ts';
import { difference } from './compare.ts';
import { writeDifferences } from './differences.ts';
import { type PoolServer, servePool } from './pool-server.ts';
import { scenarios, type WriteStep } from './recordings.ts';
import { createTally } from './tally.ts';
import { type Bindings, filled } from './text.ts';

const only = process.env['XCP_GOLDEN_ONLY'];

const run = async (step: WriteStep, server: PoolServer, bindings: Bindings): Promise<string | undefined> => {
  const io = testIo({
    env: { XCP_SERVER: `unix:${server.socket}` },
    ...(step.stdin === undefined ? {} : { stdin: filled(step.stdin, bindings) }),
  });
  const exit = await runCli(
    step.argv.map(word => filled(word, bindings)),
    io,
  );
  // What a step binds is bound whatever it printed, so that the steps after it stand on their own.
  for (const name of Object.keys(step.bind ?? {})) bindings.set(name, io.output.stdout.trim());
  return difference(step, { ...io.output, exit }, bindings);
};

test('recorded scenarios that change the pool', async () => {
  const tally = createTally();
  for (const { scenario, steps } of scenarios()) {
    if (only !== undefined && !scenario.includes(only)) continue;
    await using server = await servePool('B');
    const bindings: Bindings = new Map();
    for (const [index, step] of steps.entries()) tally.add(scenario, `${scenario}.${index + 1}`, await run(step, server, bindings));
  }
  process.stderr.write(tally.report(writeDifferences));
  tally.show(writeDifferences);
  expect(tally.unexplained(writeDifferences)).toEqual([]);
  expect(tally.idle(writeDifferences)).toEqual([]);
  expect(tally.equal / tally.cases).toBeGreaterThanOrEqual(0.95);
}, 300_000);
