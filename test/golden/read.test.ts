// Every recorded `xe` command that only reads, or fails without effect, against a hostd that serves the recorded pool.

import { test } from '@jest/globals';
import { readDifferences } from './differences.ts';
import { holdTo } from './hold.ts';
import { inProcess } from './in-process.ts';
import { replayReads } from './replay.ts';

test('recorded commands that read', async () => {
  holdTo(await replayReads(inProcess, 1), readDifferences, 0.99);
}, 300_000);
