// Two whole Xen hosts: the part of the hypervisor's contract that is about moving; and with the shipped agent, Storage XenMotion of running, writing guests
// by the command line, to and fro; then with either agent killed at its steps, and with the destination's power cut. Each disk is compared on the way, and
// in the end each record that a guest ever wrote is there.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/lib/clock.ts';
import { hypervisorContract } from '../../contract/hypervisor-contract.ts';
import { amount } from '../support/xen/amount.ts';
import { byHandInWords, moveByHand } from '../support/xen/by-hand.ts';
import { missingForHosts } from '../support/xen/executable.ts';
import { eventually, inWords, type MoveFigures, summary } from '../support/xen/host.ts';
import { HostPair } from '../support/xen/host-pair.ts';
import { makeXenWorld } from '../support/xen/world.ts';

const reason = await missingForHosts();
const STATE_BYTES = 4 * 2 ** 30;

const MOVES = [
  ['pv', amount(10, 2)],
  ['pvh', amount(5, 1)],
] as const;

/** Who is killed, where, and on which side the guest runs afterwards. */
const ALL_STRIKES = [
  ['source', 'VM.migrate_send:reserve:after-do', 'source'],
  ['source', 'VM.migrate_send:freeze:after-do', 'source'],
  ['source', 'VM.migrate_send:copy-0:after-do', 'source'],
  ['source', 'VM.migrate_send:receive:after-do', 'source'],
  ['source', 'VM.migrate_send:mirror:after-do', 'source'],
  ['source', 'VM.migrate_send:memory:after-do', 'source'],
  ['source', 'VM.migrate_send:handOver:after-do', 'source'],
  ['source', 'VM.migrate_send:verify:after-do', 'source'],
  ['source', 'VM.migrate_send:commit:before-do', 'source'],
  ['source', 'VM.migrate_send:commit:after-do', 'destination'],
  ['source', 'VM.migrate_send:leave-guest:after-do', 'destination'],
  ['source', 'VM.migrate_send:leave-disks:after-do', 'destination'],
  ['source', 'VM.migrate_send:leave-records:after-do', 'destination'],
  ['source', 'VM.migrate_send:close:after-do', 'destination'],
  ['destination', 'reception:open:after-do', 'source'],
  ['destination', 'reception:volume:after-do', 'source'],
  ['destination', 'reception:receive:after-do', 'source'],
  ['destination', 'reception:show:after-do', 'source'],
  ['destination', 'reception:commit:before-do', 'source'],
  ['destination', 'reception:commit:after-do', 'destination'],
] as const;
/** Where it is hardest to say who has the guest. */
const QUICK_STRIKES = ALL_STRIKES.filter(([, place]) => place.includes(':commit:'));
const STRIKES = amount<readonly (typeof ALL_STRIKES)[number][]>(ALL_STRIKES, QUICK_STRIKES);
/** Where memory is on its way. */
const AMID_MS = 2_000;

const HELD_MS = 180_000;
/** A silent link is noticed after 20 s, and the guest's disks are let go. */
const ALONE_MS = 180_000;

if (reason !== undefined) {
  test.skip(`Xen needs what is missing here: ${reason}`, () => undefined);
} else {
  jest.setTimeout(15 * 60_000);
  let folder = '';
  let pair: HostPair;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xcp-power-'));
    const rightState = join(folder, 'state.img');
    await writeFile(rightState, '');
    await truncate(rightState, STATE_BYTES);
    pair = await HostPair.boot({ rightState });
  });
  afterAll(async () => {
    await pair.end();
    await rm(folder, { recursive: true, force: true });
  });

  // Beside the agents, which know nothing of these guests and leave them alone. What the agents do below is done by the same code.
  const moving = amount(hypervisorContract, () => undefined);
  moving('xen, two hosts', () => makeXenWorld(pair.hosts[0].dom0, 'pv', pair.hosts[1].dom0), { only: 'moving' });

  describe('a guest that writes all the time moves to and fro', () => {
    test.each(MOVES)('%s, %i times: each write is there, nothing is left over', async (type, most) => {
      const [left, right] = pair.hosts;
      const uuid = await left.startCounting(`wanderer-${type}`, type);
      const moves: MoveFigures[] = [];
      while (moves.length < most) {
        const [from, to] = await pair.sides(uuid);
        await from.migrate(to, uuid);
        const figures = await from.lastMove();
        moves.push(figures);
        console.log(`${type}, move ${moves.length}: ${inWords(figures)}`);
        expect((await pair.sides(uuid))[0]).toBe(to);
        await pair.expectOnceAndWhole(uuid);
      }
      const records = await pair.expectAllRecords(uuid);
      const hand = await moveByHand(left.dom0, right.dom0, right.address, type);
      expect(hand.stoppedMs).toBeGreaterThan(0);
      console.log(`${type}, ${records} records, all there; ${summary(moves)}; ${byHandInWords(hand)}`);
    });
  });

  describe('what befalls a move', () => {
    let uuid = '';
    beforeAll(async () => {
      uuid = await pair.hosts[0].startCounting('struck');
    });

    const expectAt = async (host: HostPair['hosts'][number]): Promise<void> => {
      await pair.expectOnceAndWhole(uuid);
      expect((await pair.sides(uuid))[0]).toBe(host);
    };

    test.each(STRIKES)('kill -9 of the %s’s agent at %s: the guest runs on the %s', async (victim, place, home) => {
      const [from, to] = await pair.sides(uuid);
      await (victim === 'source' ? from : to).strike(place, () => from.migrate(to, uuid));
      await expectAt(home === 'source' ? from : to);
    });

    test.each(['source', 'destination'] as const)(
      'kill -9 of the %s’s agent amid the memory: the guest runs on the source',
      async victim => {
        const [from, to] = await pair.sides(uuid);
        await (victim === 'source' ? from : to).strikeAmid(from, 'memory', 'handOver', AMID_MS, () => from.migrate(to, uuid));
        await expectAt(from);
      },
    );

    test('all records are there, and a new guest takes its place', async () => {
      expect(await pair.expectAllRecords(uuid)).toBeGreaterThan(0);
      uuid = await pair.hosts[0].startCounting('survivor');
    });

    /** A move to the right host, which loses its power when the left agent is at `place`, or after that; gives what brings it back, and the command's words. */
    const cutAt = async (
      place: string,
      afterMs = 0,
    ): Promise<{ readonly powerOn: () => Promise<void>; readonly said: Promise<string> }> => {
      const [left, right] = pair.hosts;
      const { said } = await left.holdAt(place, HELD_MS, () => left.migrate(right, uuid));
      if (afterMs > 0) {
        await left.letGo();
        await systemClock.sleep(afterMs);
      }
      const powerOn = await pair.cutRight();
      await left.letGo();
      return { powerOn, said };
    };

    const CUTS = [
      ['amid the memory', AMID_MS],
      ['while the disks are mirrored', 0],
    ] as const;
    test.each(amount<readonly (typeof CUTS)[number][]>(CUTS, CUTS.slice(0, 1)))(
      'the destination’s power is cut %s: the guest goes on at the source before the destination is back',
      async (_when, afterMs) => {
        const { powerOn, said } = await cutAt('VM.migrate_send:memory:before-do', afterMs);
        const startedMs = performance.now();
        const [left] = pair.hosts;
        const isAlone = async (): Promise<boolean> =>
          (await left.xcp('vm-param-get', `uuid=${uuid}`, 'param-name=current-operations')) === '';
        await eventually('that the guest is the source’s alone', isAlone, ALONE_MS);
        await left.expectWriting(uuid);
        console.log(`the guest was alone again after ${((performance.now() - startedMs) / 1000).toFixed(0)} s: ${await said}`);
        await powerOn();
        await expectAt(left);
      },
    );

    test('its power is cut when all is sent and nobody knows yet: the guest waits for it, and goes on at the source', async () => {
      const { powerOn, said } = await cutAt('VM.migrate_send:commit:before-do');
      await powerOn();
      await expectAt(pair.hosts[0]);
      console.log(`in the end the command said: ${await said}`);
    });

    test('in the end its disk holds each record that it ever wrote, and is sound', async () => {
      expect(await pair.expectAllRecords(uuid)).toBeGreaterThan(0);
    });
  });
}
