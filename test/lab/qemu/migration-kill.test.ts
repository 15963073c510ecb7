// Migrations on real QEMU that meet `kill -9` of either hostd at every step. Each time: the VM runs on exactly one host, its disk is
// whole, nothing of it is on the other, a second try succeeds.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, migrate } from '../support/migrations.ts';
import { Pair, sourceSteps } from '../support/struck-pair.ts';

const destinationSteps = ['open', 'volume', 'seal', 'receive', 'show', 'commit'];
const phases = ['before-do', 'after-do'];

describe('kill -9', () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await Pair.start();
  });
  afterAll(() => pair.end());

  const strike = async (victim: 'source' | 'destination', place: string): Promise<void> => {
    const [from, to] = await pair.sides();
    const struck = victim === 'source' ? from : to;
    await struck.restart('SIGTERM', { XCP_CRASH_AT: place });
    const before = struck.host.pid;
    // The comparison is a step of its own, only taken where it is asked for.
    const ran = migrate(from, to, pair.uuid, /:(verify|show):/.test(place) ? ['verify=true'] : []);
    await eventually(
      async () => isDead(before),
      dead => dead,
      60_000,
    );
    expect(isDead(before)).toBe(true);
    await struck.restart('SIGKILL');
    await ran;
    await pair.expectOnceAndWhole();
  };

  test.each(sourceSteps.flatMap(step => phases.map(phase => `VM.migrate_send:${step}:${phase}`)))(
    'of the source at %s',
    place => strike('source', place),
    240_000,
  );

  test.each(destinationSteps.flatMap(step => phases.map(phase => `reception:${step}:${phase}`)))(
    'of the destination at %s',
    place => strike('destination', place),
    240_000,
  );
});

const isDead = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};
