// Every recorded `xe` command that only reads, or fails without effect, against a hostd that serves the recorded pool.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runCli } from '../../src/cli/main.ts';
import { HttpTransport } from '../../src/client/transport.ts';
import { testIo } from '../support/test-io.ts';
import { difference } from './compare.ts';
import { readDifferences } from './differences.ts';
import { PASSWORD, type PoolServer, servePool } from './pool-server.ts';
import { type ReadCase, readCases } from './recordings.ts';
import { createTally } from './tally.ts';
import { filled } from './text.ts';
import { asksForUnderivable, withoutUnderivable } from './underivable.ts';

const run = async (recorded: ReadCase, server: PoolServer, home: string): Promise<string | undefined> => {
  const names = new Map([['password', PASSWORD]]);
  const fill = (text: string): string => filled(text, names);
  writeFileSync(join(home, '.xe'), fill(recorded.rcfile ?? ''));
  const env = Object.fromEntries(Object.entries(recorded.env ?? {}).map(([name, value]) => [name, fill(value)]));
  const io = testIo({
    env: { XCP_SERVER: `unix:${server.socket}`, ...env, HOME: home },
    ...(recorded.transport === 'tls' && { transport: new HttpTransport(server.remote) }),
  });
  const exit = await runCli(recorded.argv.map(fill), io);
  const wanted = { ...recorded, stdout: withoutUnderivable(recorded.stdout) };
  const found = { stdout: withoutUnderivable(io.output.stdout), stderr: io.output.stderr, exit };
  return difference(wanted, found, new Map(names));
};

test('recorded commands that read', async () => {
  const home = mkdtempSync(join(tmpdir(), 'xcp-golden-home-'));
  await using server = await servePool('A');
  const tally = createTally();
  for (const recorded of readCases())
    if (!asksForUnderivable(recorded)) tally.add(recorded.family, recorded.id, await run(recorded, server, home));
  rmSync(home, { recursive: true });
  process.stderr.write(tally.report(readDifferences));
  tally.show(readDifferences);
  expect(tally.unexplained(readDifferences)).toEqual([]);
  expect(tally.idle(readDifferences)).toEqual([]);
  expect(tally.equal / tally.cases).toBeGreaterThanOrEqual(0.99);
}, 300_000);
