// Every recorded scenario that changes a pool: each from the pristine pool, all its commands in order.

import { test } from '@jest/globals';
import { writeDifferences } from './differences.ts';
import { holdTo } from './hold.ts';
import { inProcess } from './in-process.ts';
import { replayScenarios } from './replay.ts';

test('recorded scenarios that change the pool', async () => {
  holdTo(await replayScenarios(inProcess, 1), writeDifferences, 0.95);
}, 300_000);
