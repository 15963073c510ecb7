// `kill -9` of either agent at the steps of a Storage XenMotion between two Xen hosts. Each time the guest runs on exactly one of them, goes on
// writing, and nothing of it is on the other; in the end each record that it ever wrote is there.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { missingForHosts } from '../support/xen/executable.ts';
import { HostPair } from '../support/xen/host-pair.ts';

const reason = await missingForHosts();

/** Who is struck, where, and on which side the guest runs afterwards. */
type Side = 'source' | 'destination';
const STRIKES: readonly (readonly [Side, string, Side])[] = [
  ['source', 'VM.migrate_send:handOver:after-do', 'source'],
  ['destination', 'reception:commit:after-do', 'destination'],
];

if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(10 * 60_000);
  let pair: HostPair;
  let uuid = '';
  beforeAll(async () => {
    pair = await HostPair.boot();
    uuid = await pair.hosts[0].startCounting('struck');
  });
  afterAll(() => pair.end());

  describe('kill -9 of an agent during a move between two Xen hosts', () => {
    test.each(STRIKES)('of the %s at %s: the guest runs on the %s', async (victim, place, home) => {
      const [from, to] = await pair.sides(uuid);
      await (victim === 'source' ? from : to).strike(place, () => from.migrate(to, uuid));
      await pair.expectOnceAndWhole(uuid);
      expect((await pair.sides(uuid))[0]).toBe(home === 'source' ? from : to);
    });

    test('in the end its disk holds each record that it ever wrote, and is sound', async () => {
      expect(await pair.expectAllRecords(uuid)).toBeGreaterThan(0);
    });
  });
}
