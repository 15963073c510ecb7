// Recorded commands through the shipped program, called `xe`, against the shipped agent with the recorded pool.

import { test } from '@jest/globals';
import { readDifferences, writeDifferences } from '../../golden/differences.ts';
import { holdTo } from '../../golden/hold.ts';
import { replayReads, replayScenarios } from '../../golden/replay.ts';
import { byProgram } from '../support/recorded-pool.ts';

const AT_A_TIME = 3;
/** A process for each of thousands takes minutes; all of them run within one process anyway. XCP_GOLDEN_ALL=1 runs all of them here too. */
const EVERY = process.env['XCP_GOLDEN_ALL'] === '1' ? 1 : 4;

test('recorded commands that read', async () => {
  holdTo(await replayReads(byProgram, AT_A_TIME, EVERY), readDifferences, 0.99);
}, 900_000);

test('recorded scenarios that change the pool', async () => {
  holdTo(await replayScenarios(byProgram, AT_A_TIME), writeDifferences, 0.95);
}, 900_000);
