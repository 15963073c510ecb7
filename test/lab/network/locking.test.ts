// Locked VIFs on a real switch: which frames pass, also while the switch or the driver is killed and comes back.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { arrived, lockedPort, makeScene, plugged, type Scene } from '../support/locking/scene.ts';
import type { WireEnd } from '../support/locking/wire.ts';
import { rackLab } from '../support/rack/obstacles.ts';

const lab = await rackLab('Locked VIFs');
/** What no bridge forwards, and what an access port takes from nobody. */
const neverForwarded = ['tagged for another VLAN', 'tagged twice', 'tagged ARP for another VLAN', 'LLDP', 'spanning tree', 'LACP'];
const say = (line: string): void => void process.stderr.write(`       ${line}\n`);

lab('locked VIFs', () => {
  let scene: Scene;
  let guest: WireEnd;
  const port = lockedPort();

  beforeAll(async () => {
    scene = await makeScene();
    guest = await plugged(scene, { ...port, lockingMode: 'unlocked' });
    await sleep(500);
  }, 60_000);
  afterAll(async () => {
    await guest[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  });

  test('unlocked, every kind of frame passes that a switch forwards at all', async () => {
    const came = await arrived(scene, guest);
    expect(scene.kinds.filter(({ mark }) => !came.has(mark)).map(({ what }) => what)).toEqual(neverForwarded);
  });

  test('locked, what is its own passes and nothing else, from the moment the call returns', async () => {
    await scene.driver.plug(port);
    const came = await arrived(scene, guest);
    const wrong = scene.kinds.filter(({ mark, verdict }) => came.has(mark) !== (verdict === 'passes'));
    expect(wrong.map(({ what, verdict }) => `${what}: should be ${verdict}`)).toEqual([]);
    const passing = scene.kinds.filter(({ verdict }) => verdict === 'passes').length;
    say(`${scene.kinds.length} kinds of frame: ${passing} pass, ${scene.kinds.length - passing} drop`);
  });
});
