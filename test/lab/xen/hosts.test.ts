// Two whole Xen hosts with the shipped agent: Storage XenMotion of a running, writing PV guest by the command line, to and fro. Each disk is compared
// on the way, and in the end each record that the guest ever wrote is there.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { moveByHand } from '../support/xen/by-hand.ts';
import { missingForHosts } from '../support/xen/executable.ts';
import { inWords } from '../support/xen/host.ts';
import { HostPair } from '../support/xen/host-pair.ts';

const reason = await missingForHosts();
/** To and fro at least, and then as often as this time allows, which emulated hosts take minutes for. */
const LEAST_MOVES = 2;
const MOVING_MS = 150_000;

if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(30 * 60_000);
  let pair: HostPair;
  beforeAll(async () => {
    pair = await HostPair.boot();
  });
  afterAll(() => pair.end());

  test('a writing PV guest moves to and fro: each write is there, nothing is left over', async () => {
    const uuid = await pair.hosts[0].startCounting('wanderer');
    const startedMs = performance.now();
    for (let i = 1; i <= LEAST_MOVES || performance.now() - startedMs < MOVING_MS; i++) {
      const [from, to] = await pair.sides(uuid);
      await from.migrate(to, uuid);
      console.log(`move ${i}: ${inWords(await from.lastMove())}`);
      expect((await pair.sides(uuid))[0]).toBe(to);
      await pair.expectOnceAndWhole(uuid);
    }
    const records = await pair.expectAllRecords(uuid);
    const [left, right] = pair.hosts;
    const handMs = await moveByHand(left.dom0, right.dom0, right.address);
    console.log(
      `${records} records, all there; xl migrate by hand over plain TCP, a guest without a disk: ${(handMs / 1000).toFixed(1)} s`,
    );
  });
}
