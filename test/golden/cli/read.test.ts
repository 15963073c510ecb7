// Recorded `xe` commands that only read, or fail, replayed in process against a server made from the recorded pool. Each family's
// number of equal answers may only grow.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runCli } from '../../../src/cli/main.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { testIo } from '../../support/test-io.ts';
import { readFamily, readPool, type Recording, recordingsArePresent, sameText } from './recordings.ts';

/** What passes today, out of how many there are. */
const families: Readonly<Record<string, number>> = {
  list: 1232,
  'param-list': 114,
  'param-get': 610,
  'param-err': 441,
  missing: 381,
  'bad-uuid': 110,
  'bad-uuid-cmd': 66,
  select: 97,
  vmsel: 56,
  defaults: 31,
  names: 36,
  filters: 41,
  grammar: 67,
  env: 15,
  rcfile: 12,
  help: 62,
  misc: 13,
  tls: 20,
};

const suite = recordingsArePresent ? describe : describe.skip;

suite('recorded xe commands', () => {
  const home = mkdtempSync(join(tmpdir(), 'xcp-golden-'));
  afterAll(() => rmSync(home, { recursive: true }));
  const pool = recordingsArePresent ? readPool() : {};

  const replay = async (recording: Recording): Promise<string | undefined> => {
    writeFileSync(join(home, '.xe'), recording.rcfile ?? '');
    const server = new FakeServer(pool, recording.transport === 'tls' ? { userName: 'root', password: '${password}' } : {});
    const io = testIo({ transport: server, env: { ...recording.env, HOME: home } });
    const exit = await runCli(recording.argv, io);
    const same = sameText(recording.stdout, io.output.stdout) && sameText(recording.stderr, io.output.stderr) && exit === recording.exit;
    return same
      ? undefined
      : `${recording.id}: ${recording.argv.join(' ')}\n--- stdout ${recording.stdout.slice(0, 300)}\n+++ ${io.output.stdout.slice(0, 300)}\n--- stderr ${recording.stderr}+++ ${io.output.stderr} exit ${exit}`;
  };

  test.each(Object.entries(families))('%s', async (family, atLeast) => {
    const different: string[] = [];
    const recordings = readFamily(family);
    for (const recording of recordings) {
      const difference = await replay(recording);
      if (difference !== undefined) different.push(difference);
    }
    if (process.env['XCP_GOLDEN_SHOW'] !== undefined)
      process.stderr.write(`${family}: ${recordings.length - different.length} of ${recordings.length}\n`);
    if (process.env['XCP_GOLDEN_SHOW'] === family) process.stderr.write(`${different.join('\n\n')}\n`);
    expect(recordings.length - different.length).toBeGreaterThanOrEqual(atLeast);
  });
});
