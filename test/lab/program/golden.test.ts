// Every recorded command through the shipped program, called `xe`, against the shipped agent with the recorded pool.

import { test } from '@jest/globals';
import { readDifferences, writeDifferences } from '../../golden/differences.ts';
import { holdTo } from '../../golden/hold.ts';
import { replayReads, replayScenarios } from '../../golden/replay.ts';
import { byProgram } from '../support/recorded-pool.ts';

const AT_A_TIME = 3;

test('recorded commands that read', async () => {
  holdTo(await replayReads(byProgram, AT_A_TIME), readDifferences, 0.99);
}, 900_000);

test('recorded scenarios that change the pool', async () => {
  holdTo(await replayScenarios(byProgram, AT_A_TIME), writeDifferences, 0.95);
}, 900_000);
