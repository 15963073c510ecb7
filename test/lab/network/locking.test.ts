// Locked VIFs on a real switch: which frames pass, either way, also while the switch or the driver is killed and comes back.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { guardDevice } from '../../../src/drivers/network/ovs/guard/layout.ts';
import { tagOf } from '../../../src/drivers/network/ovs/names.ts';
import { frame, text } from '../support/locking/bytes.ts';
import { RemoteDriver } from '../support/locking/remote-driver.ts';
import { arrived, bridge, cast, lockedPort, makeScene, networkId, plugged, type Scene } from '../support/locking/scene.ts';
import { legalMark, startTrial, type Trial } from '../support/locking/trial.ts';
import { WireEnd } from '../support/locking/wire.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('Locked VIFs');
/** What no bridge forwards, and what an access port takes from nobody. */
const neverForwarded = ['tagged for another VLAN', 'tagged twice', 'tagged ARP for another VLAN', 'LLDP', 'spanning tree', 'LACP'];
const say = (line: string): void => void process.stderr.write(`       ${line}\n`);

lab('locked VIFs', () => {
  let scene: Scene;
  let guest: WireEnd;
  const port = lockedPort();
  const passing = (): number => scene.kinds.filter(({ verdict }) => verdict === 'passes').length;
  const guardRules = async (): Promise<readonly string[]> => {
    const bridges = (await scene.host.ovs.vsctl('list-br')).split('\n');
    const guard = guardDevice(tagOf(scene.stateDir));
    if (!bridges.includes(guard)) return [];
    return (await scene.host.ovs.ofctl(['--no-stats', 'dump-flows', guard])).split('\n').filter(line => line.includes('priority='));
  };
  /** What of a flood came: no spoof may, and the legal frames must have come again at its end. */
  const conclude = async (trial: Trial, what: string): Promise<number> => {
    const { spoofs, spoofsSent, legal, gapMs } = await trial.end();
    say(
      `${what}: ${spoofsSent} spoofs sent, ${spoofs.length === 0 ? 'none' : spoofs.join(', ')} passed; legal frames away for ${gapMs} ms`,
    );
    expect(spoofs).toEqual([]);
    expect(spoofsSent).toBeGreaterThan(100);
    expect(legal).toBeGreaterThan(50);
    return gapMs;
  };
  const legalSoFar = async (): Promise<number> => (await scene.witness.heard()).counts[legalMark] ?? 0;
  /** Resolves when the legal frames come. */
  const flowing = async (): Promise<void> => {
    let before = await legalSoFar();
    for (let looks = 0; looks < 400; looks += 1) {
      await sleep(25);
      const now = await legalSoFar();
      if (now - before >= 3) return;
      before = now;
    }
    throw new Error(`the legal frames never came again: ${scene.driver.log}`);
  };

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
    expect(wrong.map(({ what, verdict }) => `${what}: ${verdict} not`)).toEqual([]);
    say(`${scene.kinds.length} kinds of frame: ${passing()} pass, ${scene.kinds.length - passing()} drop`);
  });

  test('a state of the network that is older than the lock does not open it, when the switch is put right by it', async () => {
    const network = { bridge, networkId, mtu: 1500, uplink: { kind: 'none' } } as const;
    expect(await scene.driver.apply({ networks: [network], ports: [{ ...port, lockingMode: 'unlocked' }] })).toBe(0);
    expect((await arrived(scene, guest)).size).toBe(passing());
    const trial = await startTrial(scene, guest);
    // Somebody changes the switch by hand.
    const guard = guardDevice(tagOf(scene.stateDir));
    const door = (await scene.host.ovs.vsctl('list-ports', scene.device)).split('\n').find(name => name.startsWith('lko')) ?? '';
    await scene.host.ovs.vsctl('set', 'port', door, 'tag=9');
    await until('the port is put right', async () => {
      const seen = await scene.host.ovs.vsctl('get', 'port', door, 'tag');
      return { done: seen === '[]', seen };
    });
    await scene.host.ovs.kill('ovs-vswitchd');
    await scene.host.ovs.restart();
    await flowing();
    // What the restart of the switch makes the driver do comes a moment later.
    await sleep(2_000);
    await conclude(trial, 'put right, and started again');
    expect(await scene.host.ovs.vsctl('get', 'bridge', guard, 'fail_mode')).toBe('secure');
  });

  test('what is for it reaches it, and nothing else', async () => {
    const { peer, mac } = cast;
    const sends: readonly (readonly [string, string])[] = [
      ['<own>', frame({ from: peer.mac, to: mac }, 0x88b5, text('<own>'))],
      ['<all>', frame({ from: peer.mac, to: 'ff:ff:ff:ff:ff:ff' }, 0x88b5, text('<all>'))],
      ['<group>', frame({ from: peer.mac, to: '33:33:00:00:00:01' }, 0x88b5, text('<group>'))],
      ['<other>', frame({ from: peer.mac, to: '02:00:00:00:77:77' }, 0x88b5, text('<other>'))],
      ['<vlan>', frame({ from: peer.mac, to: 'ff:ff:ff:ff:ff:ff', tags: [77] }, 0x88b5, text('<vlan>'))],
    ];
    await guest.listen(sends.map(([mark]) => mark));
    await scene.witness.send(sends.map(([, bytes]) => bytes));
    await sleep(300);
    expect(Object.keys((await guest.heard()).counts).toSorted()).toEqual(['<all>', '<group>', '<own>']);
  });

  test('its addresses change while it runs: the old ones are nobody, the new ones are it', async () => {
    await scene.driver.plug({ ...port, ipv4Allowed: ['10.0.0.9'], ipv6Allowed: [] });
    const came = await arrived(scene, guest);
    const said = scene.kinds.filter(({ mark }) => came.has(mark)).map(({ what }) => what);
    expect(said).toContain('IPv4 from a foreign address');
    expect(said).not.toContain('IPv4 from its own address');
    expect(said.filter(what => /IPv6|neighbour/.test(what))).toEqual([]);
    await scene.driver.plug({ ...port, ipv4Allowed: [], ipv6Allowed: [] });
    expect([...(await arrived(scene, guest))]).toEqual([]);
    await scene.driver.plug(port);
    expect((await arrived(scene, guest)).size).toBe(passing());
  });

  test('disabled, nothing passes, either way; enabled, it does', async () => {
    await scene.driver.plug({ ...port, lockingMode: 'disabled' });
    expect([...(await arrived(scene, guest))]).toEqual([]);
    await guest.listen(['<call>']);
    await scene.witness.send([frame({ from: cast.peer.mac, to: cast.mac }, 0x88b5, text('<call>'))]);
    await sleep(200);
    expect((await guest.heard()).counts).toEqual({});
    await scene.driver.plug({ ...port, lockingMode: 'unlocked' });
    await sleep(200);
    expect((await arrived(scene, guest)).size).toBeGreaterThan(scene.kinds.length / 2);
  });

  test('no spoof passes at any moment of a change that locks', async () => {
    await scene.driver.plug(port);
    const trial = await startTrial(scene, guest);
    for (let turn = 0; turn < 10; turn += 1) {
      await scene.driver.plug({ ...port, lockingMode: 'disabled' });
      await scene.driver.plug({ ...port, ipv4Allowed: [cast.ipv4, `10.0.1.${turn}`] });
      await scene.driver.plug(port);
    }
    await conclude(trial, '30 changes of the lock');
  });

  test('kill -9 of the switch and its restart', async () => {
    const trial = await startTrial(scene, guest);
    await sleep(500);
    await scene.host.ovs.kill('ovs-vswitchd');
    await scene.host.ovs.restart();
    await flowing();
    await sleep(500);
    await conclude(trial, 'switch killed and started');
    const [, awayMs, rulesMs] =
      /"switchAwayMs":(\d+),"rulesWrittenInMs":(\d+)/.exec(
        scene.driver.log.split('\n').findLast(line => line.includes('rules again')) ?? '',
      ) ?? [];
    say(`the guard bridge was away for ${awayMs} ms, its rules were back ${rulesMs} ms later`);
    expect(rulesMs).toBeDefined();
  });

  test('kill -9 of the switch again and again, sooner than it is ready', async () => {
    const trial = await startTrial(scene, guest);
    for (const waitMs of [0, 50, 120, 200]) {
      await scene.host.ovs.kill('ovs-vswitchd');
      await scene.host.ovs.restart();
      await sleep(waitMs);
    }
    await flowing();
    await sleep(500);
    await conclude(trial, 'switch killed four times in a row');
  });

  test('kill -9 of switch and database and their restart', async () => {
    const trial = await startTrial(scene, guest);
    await sleep(500);
    await scene.host.ovs.kill('ovs-vswitchd');
    await scene.host.ovs.kill('ovsdb-server');
    await scene.host.ovs.restart();
    await flowing();
    await sleep(500);
    await conclude(trial, 'switch and database killed and started');
  });

  test('kill -9 of the driver: the lock holds, nothing is lost', async () => {
    const trial = await startTrial(scene, guest);
    await scene.driver.kill();
    await sleep(1_000);
    scene.driver = await RemoteDriver.start(scene.host, scene.stateDir);
    await sleep(500);
    // It was away for longer.
    expect(await conclude(trial, 'driver killed and started')).toBeLessThan(1_000);
  });

  test('kill -9 of the driver, then of the switch: a locked guest waits for the driver, an unlocked one does not', async () => {
    const free = lockedPort({ mac: '02:00:00:00:0a:02', lockingMode: 'unlocked' });
    await using other = await plugged(scene, free);
    const trial = await startTrial(scene, guest);
    await scene.driver.kill();
    await scene.host.ovs.kill('ovs-vswitchd');
    await scene.host.ovs.restart();
    await sleep(1_000);
    await scene.witness.listen([legalMark, '<free>', ...scene.kinds.map(({ mark }) => mark)]);
    for (let tries = 0; tries < 20; tries += 1) {
      await other.send([frame({ from: free.mac, to: cast.peer.mac }, 0x88b5, text('<free>'))]);
      await sleep(50);
    }
    expect(Object.keys((await scene.witness.heard()).counts)).toEqual(['<free>']);
    await trial.again();
    const startedAt = performance.now();
    scene.driver = await RemoteDriver.start(scene.host, scene.stateDir);
    await flowing();
    say(`rules back ${Math.round(performance.now() - startedAt)} ms after the driver's process was started`);
    await trial.again();
    await sleep(1_000);
    await conclude(trial, 'after driver and switch were killed');
    await scene.driver.unplug(free.id);
  });

  test('a move to another network keeps the lock', async () => {
    await scene.driver.ensureBridge({ bridge: 'xenbr1', networkId: '11111111-2222-4333-8444-666666666666', mtu: 1500 });
    await scene.driver.plug({ ...port, bridge: 'xenbr1' });
    expect([...(await arrived(scene, guest))]).toEqual([]);
    const spy = lockedPort({ mac: '02:00:00:00:0a:03', bridge: 'xenbr1', lockingMode: 'unlocked' });
    await using there = await plugged(scene, spy);
    await there.listen(scene.kinds.map(({ mark }) => mark));
    // The switch has to notice that somebody opened the other device before it brings anything there.
    let came: Readonly<Record<string, number>> = {};
    for (let round = 0; round < 10 && Object.keys(came).length < passing(); round += 1) {
      await guest.send(scene.kinds.map(({ frame: bytes }) => bytes));
      await sleep(300);
      came = (await there.heard()).counts;
    }
    expect(scene.kinds.filter(({ mark, verdict }) => mark in came !== (verdict === 'passes')).map(({ what }) => what)).toEqual([]);
    await scene.driver.plug(port);
    await scene.driver.unplug(spy.id);
  });

  test('on a VLAN it is heard there and nowhere else, whatever tags it puts on', async () => {
    const below = { bridge, networkId, mtu: 1500, uplink: { kind: 'none' } } as const;
    const uplink = { kind: 'vlan', pif: '99999999-2222-4333-8444-777777777777', parent: bridge, tag: 100 } as const;
    const vlan = { bridge: 'xapi100', networkId: '11111111-2222-4333-8444-777777777777', mtu: 1500, uplink } as const;
    expect(await scene.driver.apply({ networks: [below, vlan], ports: [{ ...port, bridge: vlan.bridge }] })).toBe(0);
    const machine = await scene.rack.guest('tor', { name: 'vlan', mac: '02:00:00:00:0b:64', tag: 100 });
    await using there = await WireEnd.open(machine.space, 'packet', 'eth0');
    await there.listen(scene.kinds.map(({ mark }) => mark));
    expect([...(await arrived(scene, guest))]).toEqual([]);
    const came = (await there.heard()).counts;
    expect(scene.kinds.filter(({ mark, verdict }) => mark in came !== (verdict === 'passes')).map(({ what }) => what)).toEqual([]);
    expect(await scene.driver.apply({ networks: [below], ports: [port] })).toBe(0);
    expect((await arrived(scene, guest)).size).toBe(passing());
  });

  test('hundreds of locked VIFs at once, and what each leaves: nothing', async () => {
    const before = await guardRules();
    const ports = Array.from({ length: 200 }, (_, i) => lockedPort({ ipv4Allowed: [`10.1.${i >> 7}.${1 + (i & 127)}`] }));
    const startedAt = performance.now();
    await Promise.all(ports.map(each => scene.driver.plug(each)));
    const plugMs = performance.now() - startedAt;
    const during = await guardRules();
    expect(during.length).toBeGreaterThan(before.length + 200 * 15);
    await Promise.all(ports.map(({ id }) => scene.driver.unplug(id)));
    say(`200 locked VIFs plugged in ${Math.round(plugMs)} ms, with ${during.length - before.length} rules`);
    expect((await guardRules()).toSorted()).toEqual(before.toSorted());
  }, 120_000);

  test('the last one takes the guard along', async () => {
    await scene.driver.unplug(port.id);
    expect(await guardRules()).toEqual([]);
    expect(await scene.host.ovs.vsctl('list-br')).not.toContain(guardDevice(tagOf(scene.stateDir)));
    expect(await scene.driver.ports()).toEqual([]);
  });
});
