// Storage XenMotion between two real hosts: a guest that counts to its disk all the while moves to and fro, and no count is lost.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listen, type Listener, stoodStillMs } from '../../../tools/tour/console.ts';
import { labHost, type LabHost } from '../support/hosts.ts';
import { eventually, installCounting, isNothing, leftOn, mustMigrate, nothing, readCounter, verifiedMs } from '../support/migrations.ts';

const MOVES = Number(process.env['XCP_LAB_MIGRATIONS'] ?? 20);

let one: LabHost;
let two: LabHost;

beforeAll(async () => {
  one = await labHost('one');
  two = await labHost('two');
});
afterAll(async () => {
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
});

const expectNothingLeft = async (host: LabHost): Promise<void> => {
  expect(await eventually(() => leftOn(host), isNothing, 20_000)).toEqual(nothing);
};

const uninstall = (host: LabHost, uuid: string): Promise<string> => host.xcp('vm-uninstall', `uuid=${uuid}`, '--force');

test(
  `a running guest moves ${MOVES} times to and fro`,
  async () => {
    const uuid = await installCounting(one, 'traveller');
    let [from, to] = [one, two];
    let heard: Listener = listen(from.host.server, uuid);
    await heard.next(20, 60_000);
    const pausesMs: number[] = [];
    const comparedMs: number[] = [];
    let lastUptimeMs = 0;
    for (let move = 0; move < MOVES; move++) {
      // All disks are compared while the guest stands still, before it goes on there: a difference would fail the move.
      const { tookMs } = await mustMigrate(from, to, uuid, ['verify=true']);
      const verifyMs = verifiedMs(from, uuid);
      const last = heard.counts.at(-1)?.number ?? 0;
      const after = listen(to.host.server, uuid);
      await after.next(last + 20, 60_000);
      pausesMs.push(stoodStillMs(heard.counts, after.counts) - verifyMs);
      comparedMs.push(verifyMs);
      const uptimeMs = after.counts.at(-1)?.uptimeMs ?? 0;
      expect(uptimeMs).toBeGreaterThan(lastUptimeMs);
      lastUptimeMs = uptimeMs;
      heard.stop();
      heard = after;
      const report = await readCounter(to, uuid);
      expect({ move, ok: report.ok, missing: report.missing, duplicate: report.duplicate, torn: report.torn }).toEqual({
        move,
        ok: true,
        missing: [],
        duplicate: [],
        torn: [],
      });
      expect(report.last).toBeGreaterThan(last);
      await expectNothingLeft(from);
      console.log(
        `move ${move + 1}: ${(tookMs / 1000).toFixed(1)} s, stood still ${pausesMs.at(-1)?.toFixed(0)} ms and ${verifyMs} ms for the comparison, disks identical, ${report.records} records`,
      );
      [from, to] = [to, from];
    }
    heard.stop();
    const said = (values: readonly number[]): string => {
      const sorted = values.toSorted((a, b) => a - b);
      return `median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms, worst ${sorted.at(-1)?.toFixed(0)} ms`;
    };
    console.log(`${MOVES} moves. Pause by the guest's clock: ${said(pausesMs)}; comparison of the disks on top: ${said(comparedMs)}`);
    await uninstall(from, uuid);
  },
  60_000 + MOVES * 60_000,
);

describe('what hangs on a VM travels with it', () => {
  test('snapshots, and they share their data there', async () => {
    const uuid = await installCounting(one, 'with snapshots');
    const heard = listen(one.host.server, uuid);
    await heard.next(20, 60_000);
    const snapshot = await one.xcp('vm-snapshot', `uuid=${uuid}`, 'new-name-label=early');
    await heard.next((heard.counts.at(-1)?.number ?? 0) + 20, 60_000);
    heard.stop();
    await mustMigrate(one, two, uuid);
    expect(await two.xcp('snapshot-list', 'params=uuid', '--minimal')).toBe(snapshot);
    const now = await readCounter(two, uuid);
    const then = await readCounter(two, snapshot);
    expect([now.ok, then.ok]).toEqual([true, true]);
    expect(then.last).toBeGreaterThan(0);
    expect(then.last).toBeLessThan(now.last);
    await expectNothingLeft(one);
    await two.xcp('snapshot-revert', `snapshot-uuid=${snapshot}`);
    expect((await readCounter(two, uuid)).last).toBe(then.last);
    await two.xcp('snapshot-uninstall', `snapshot-uuid=${snapshot}`, '--force');
    await uninstall(two, uuid);
    await expectNothingLeft(two);
  });

  test('a halted VM moves, and boots there', async () => {
    const uuid = await installCounting(one, 'halted');
    const heard = listen(one.host.server, uuid);
    await heard.next(20, 60_000);
    heard.stop();
    await one.xcp('vm-shutdown', `uuid=${uuid}`, '--force');
    const before = await readCounter(one, uuid);
    await mustMigrate(one, two, uuid);
    await expectNothingLeft(one);
    expect(await readCounter(two, uuid)).toEqual(before);
    await two.xcp('vm-start', `uuid=${uuid}`);
    const after = listen(two.host.server, uuid);
    await after.next(before.last + 5, 60_000);
    after.stop();
    await uninstall(two, uuid);
  });

  test('a suspended VM moves with its memory, and goes on there', async () => {
    const uuid = await installCounting(one, 'suspended');
    const heard = listen(one.host.server, uuid);
    const { uptimeMs } = await heard.next(20, 60_000);
    await one.xcp('vm-suspend', `uuid=${uuid}`);
    const last = heard.counts.at(-1)?.number ?? 0;
    heard.stop();
    await mustMigrate(one, two, uuid);
    await expectNothingLeft(one);
    await two.xcp('vm-resume', `uuid=${uuid}`);
    const after = listen(two.host.server, uuid);
    const next = await after.next(last + 5, 60_000);
    after.stop();
    expect(next.uptimeMs).toBeGreaterThan(uptimeMs);
    expect((await readCounter(two, uuid)).ok).toBe(true);
    await uninstall(two, uuid);
  });

  test('a copy of a halted VM leaves it where it is', async () => {
    const uuid = await installCounting(one, 'original');
    const heard = listen(one.host.server, uuid);
    await heard.next(20, 60_000);
    heard.stop();
    await one.xcp('vm-shutdown', `uuid=${uuid}`, '--force');
    const copied = (await mustMigrate(one, two, uuid, ['copy=true'])).stdout.trim().split('\n').at(-1) ?? '';
    expect(copied).not.toBe(uuid);
    expect(await readCounter(two, copied)).toEqual(await readCounter(one, uuid));
    await uninstall(one, uuid);
    await uninstall(two, copied);
    await expectNothingLeft(one);
    await expectNothingLeft(two);
  });
});

test('the disk of a running guest moves to another SR of its host, and at rest back again', async () => {
  const uuid = await installCounting(one, 'mover');
  const heard = listen(one.host.server, uuid);
  await heard.next(20, 60_000);
  const home = await one.xcp('sr-list', 'type=file', '--minimal');
  const other = await one.xcp(
    'sr-create',
    'name-label=other',
    'type=file',
    `device-config:location=${one.host.folder}/other`,
    'content-type=user',
  );
  const diskOf = (): Promise<string> => one.xcp('vbd-list', `vm-uuid=${uuid}`, 'type=Disk', 'params=vdi-uuid', '--minimal');
  await one.xcp('vdi-pool-migrate', `uuid=${await diskOf()}`, `sr-uuid=${other}`);
  const last = heard.counts.at(-1)?.number ?? 0;
  await heard.next(last + 20, 60_000);
  heard.stop();
  expect(await one.xcp('vdi-list', `sr-uuid=${home}`, '--minimal')).toBe('');
  expect(await one.xcp('vdi-list', `sr-uuid=${other}`, '--minimal')).toBe(await diskOf());
  await one.xcp('vm-shutdown', `uuid=${uuid}`, '--force');
  await one.xcp('vdi-pool-migrate', `uuid=${await diskOf()}`, `sr-uuid=${home}`);
  expect(await one.xcp('vdi-list', `sr-uuid=${other}`, '--minimal')).toBe('');
  const report = await readCounter(one, uuid);
  expect(report.ok).toBe(true);
  expect(report.last).toBeGreaterThan(last);
  await uninstall(one, uuid);
  await expectNothingLeft(one);
});
