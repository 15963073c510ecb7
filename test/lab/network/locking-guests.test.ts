// A locked guest that never stops lying, on real hosts: while hostd and the switch are killed, and while it moves to another host.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildTinyLinux, tinyLinuxCache } from '../../../src/drivers/hypervisor/tiny-linux/build.ts';
import { guardDevice } from '../../../src/drivers/network/ovs/guard/layout.ts';
import { tagOf } from '../../../src/drivers/network/ovs/names.ts';
import { xcp } from '../../../tools/hosts/host.ts';
import { typed } from '../support/guest-console.ts';
import { labHost, type LabHost } from '../support/hosts.ts';
import { WireEnd } from '../support/locking/wire.ts';
import { migrationWords } from '../support/migrations.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import { makeRack, type Rack, type RackHost } from '../support/rack/rack.ts';
import { ipBatch } from '../support/rack/space.ts';

const lab = await rackLab('Guests with locked VIFs', ['qemu-system-x86_64']);
const say = (line: string): void => void process.stderr.write(`       ${line}\n`);

const own = '10.77.0.5';
const foreign = '10.77.0.66';
const own6 = 'fd77:1:2:7::5';
const foreign6 = 'fd77:1:2:7::66';
/** Of the interface that lies about its MAC address; `address` is its own. */
const second = { address: '10.79.0.5', lie: '02:66:66:66:66:66' };
const peer = { mac: '02:00:00:00:0b:01', address: '10.77.0.2', address6: 'fd77:1:2:7::2', second: '10.79.0.2' };
/** What the pings of the guest are filled with. */
const marks = {
  legal: 'LLLLLLLLLLLLLLLL',
  spoof: 'SSSSSSSSSSSSSSSS',
  legal6: 'llllllllllllllll',
  spoof6: 'ssssssssssssssss',
  mac: 'MMMMMMMMMMMMMMMM',
};
const lies = ['spoof', 'spoof6', 'mac'] as const;
const hexByte = (mark: string): string => mark.charCodeAt(0).toString(16);

interface Member {
  readonly rackHost: RackHost;
  readonly lab: LabHost;
  readonly network: string;
}

lab('guests with locked VIFs', () => {
  let rack: Rack;
  let witness: WireEnd;
  let here: Member;
  let there: Member;
  let vm = '';
  let vif = '';
  /** Of the interface that lies about its MAC address. */
  let liar = '';

  /** A host whose network is cabled to the switch; the hosts speak with each other over a cable of their own. */
  const enter = async (name: string, number: number): Promise<Member> => {
    const rackHost = rack.host(name);
    await rack.partner(rackHost, { kind: 'plain' });
    const member = await labHost(name, {
      folder: join(rack.folder, `hostd-${name}`),
      wrap: rackHost.space.wrap,
      address: `10.78.0.${number}`,
      tlsPort: 443,
      env: { OVS_RUNDIR: rackHost.ovs.rundir },
      args: ['--network', 'ovs'],
    });
    const network = await member.xcp('network-create', 'name-label=Lab');
    return { rackHost, lab: member, network };
  };
  /** The bridge is there when a guest has needed it; then the cable goes onto it. */
  const cable = async ({ rackHost, network }: Member): Promise<void> => {
    const device = await rackHost.ovs.vsctl('--bare', '--columns=name', 'find', 'bridge', `external_ids:xs-network-uuids=${network}`);
    await rackHost.ovs.vsctl('--may-exist', 'add-port', device.trim(), 'eth0');
  };
  const counts = async () => {
    const heard = await witness.heard();
    const of = (mark: keyof typeof marks): number => heard.counts[marks[mark]] ?? 0;
    return { legal: of('legal'), legal6: of('legal6'), spoof: of('spoof'), spoof6: of('spoof6'), mac: of('mac'), gapMs: heard.gapMs };
  };
  const expectNoLie = (heard: Awaited<ReturnType<typeof counts>>): void => expect(heard).toMatchObject({ spoof: 0, spoof6: 0, mac: 0 });
  const listen = (): Promise<void> => witness.listen(Object.values(marks), marks.legal);
  const flowing = async (): Promise<void> => {
    const before = await counts();
    for (let looks = 0; looks < 600; looks += 1) {
      await sleep(50);
      const { legal, legal6 } = await counts();
      if (legal > before.legal + 2 && legal6 > before.legal6 + 2) return;
    }
    throw new Error(`the legal pings never came: ${JSON.stringify(before)}, ${JSON.stringify(await counts())}`);
  };
  /** All lies that the switch lets pass. */
  const lying = async (): Promise<void> => {
    for (let looks = 0; looks < 600; looks += 1) {
      const heard = await counts();
      if (lies.every(lie => heard[lie] > 2)) return;
      await sleep(50);
    }
    throw new Error(`some lies never came: ${JSON.stringify(await counts())}`);
  };
  const setLock = async (mode: string, host: LabHost, of: readonly string[]): Promise<void> => {
    for (const uuid of of) await host.xcp('vif-param-set', `uuid=${uuid}`, `locking-mode=${mode}`);
  };
  const conclude = async (what: string): Promise<void> => {
    const heard = await counts();
    const { legal, legal6, spoof, spoof6, mac, gapMs } = heard;
    say(`${what}: ${legal} + ${legal6} (IPv6) legal pings came, ${spoof} + ${spoof6} + ${mac} (MAC) lies; legal ones away for ${gapMs} ms`);
    expectNoLie(heard);
    expect(legal).toBeGreaterThan(5);
    expect(legal6).toBeGreaterThan(5);
  };
  const rules = async ({ rackHost, lab: { host } }: Member): Promise<number> => {
    const guard = guardDevice(tagOf(host.folder));
    if (!(await rackHost.ovs.vsctl('list-br')).split('\n').includes(guard)) return 0;
    return (await rackHost.ovs.ofctl(['dump-flows', guard])).split('\n').filter(line => line.includes('in_port=')).length;
  };

  beforeAll(async () => {
    // Made here: the hosts' namespaces reach no archive.
    await buildTinyLinux(tinyLinuxCache());
    rack = await makeRack({ hosts: ['one', 'two'], nics: 1 });
    const [one, two] = [rack.host('one').space, rack.host('two').space];
    await ipBatch([`link add cable0 netns ${one.namespace} type veth peer name cable0 netns ${two.namespace}`]);
    await one.ip('addr add 10.78.0.1/24 dev cable0', 'link set cable0 up');
    await two.ip('addr add 10.78.0.2/24 dev cable0', 'link set cable0 up');
    here = await enter('one', 1);
    there = await enter('two', 2);
    vm = await here.lab.xcp('vm-install', 'template=Tiny Linux', 'new-name-label=liar');
    for (const old of (await here.lab.xcp('vif-list', `vm-uuid=${vm}`, '--minimal')).split(',').filter(Boolean))
      await here.lab.xcp('vif-destroy', `uuid=${old}`);
    vif = await here.lab.xcp('vif-create', `vm-uuid=${vm}`, `network-uuid=${here.network}`, 'device=0', 'mac=random');
    liar = await here.lab.xcp('vif-create', `vm-uuid=${vm}`, `network-uuid=${here.network}`, 'device=1', 'mac=random');
    await here.lab.xcp('vm-start', `uuid=${vm}`);
    await cable(here);
    const addresses = [`${peer.address}/24`, `${peer.address6}/64`, `${peer.second}/24`];
    const guest = await rack.guest('tor', { name: 'peer', mac: peer.mac, addresses });
    witness = await WireEnd.open(guest.space, 'packet', 'eth0');
    await listen();
    const pings = [
      `ping -q -i 0.05 -p ${hexByte(marks.legal)} -I ${own} ${peer.address}`,
      `ping -q -i 0.05 -p ${hexByte(marks.spoof)} -I ${foreign} ${peer.address}`,
      `ping -6 -q -i 0.05 -p ${hexByte(marks.legal6)} -I ${own6} ${peer.address6}`,
      `ping -6 -q -i 0.05 -p ${hexByte(marks.spoof6)} -I ${foreign6} ${peer.address6}`,
      `ping -q -i 0.05 -p ${hexByte(marks.mac)} -I eth1 ${peer.second}`,
    ];
    const settings = [
      // Its search for a lease would take the addresses away again.
      'for i in 1 2 3 4 5 6 7 8 9; do killall udhcpc 2>/dev/null && break; sleep 0.2; done; sleep 1; for e in 0 1; do ip -4 addr flush dev eth$e; done',
      `ip addr add ${own}/24 dev eth0; ip addr add ${foreign}/24 dev eth0; arp -s ${peer.address} ${peer.mac}`,
      `for a in ${own6} ${foreign6}; do ip addr add $a/64 dev eth0; done`,
      `ip link set eth1 address ${second.lie}; ip addr add ${second.address}/24 dev eth1; arp -i eth1 -s ${peer.second} ${peer.mac}`,
    ];
    const loops = pings.map(ping => `(while true; do ${ping} >/dev/null 2>&1; sleep 0.1; done) & true`);
    // A guest that still boots swallows parts of a line: first a short one, without quotes that could stay open.
    const { server } = here.lab.host;
    await typed(server, vm, 'echo up${nothing}on', /upon/, 24);
    // Each once, however often it is typed; in pieces, since the shell takes no line above a thousand characters.
    for (const [number, commands] of [settings, ...loops.map(each => [each])].entries())
      await typed(
        server,
        vm,
        `test $once${number}. = . && { once${number}=1; ${commands.join('; ')}; }; echo d\${nothing}one-${number}`,
        new RegExp(`done-${number}`),
      );
  }, 240_000);
  afterAll(async () => {
    await witness[Symbol.asyncDispose]();
    for (const member of [here, there]) await member.lab[Symbol.asyncDispose]();
    await rack[Symbol.asyncDispose]();
  });

  test('unlocked, its lies are heard: they are real', async () => {
    await flowing();
    await lying();
  });

  test('locked by the command line while it runs, only what is its own is heard', async () => {
    await here.lab.xcp('vif-param-set', `uuid=${vif}`, `ipv4-allowed=${own}`, `ipv6-allowed=${own6}`);
    await here.lab.xcp('vif-param-set', `uuid=${liar}`, `ipv4-allowed=${second.address}`);
    await setLock('locked', here.lab, [vif, liar]);
    await listen();
    await sleep(1_000);
    await conclude('locked');
    expect(await rules(here)).toBeGreaterThan(0);
  });

  test('by its network, which disables who has no mode of its own', async () => {
    await setLock('network_default', here.lab, [vif, liar]);
    await here.lab.xcp('network-param-set', `uuid=${here.network}`, 'default-locking-mode=disabled');
    await listen();
    await sleep(500);
    expect(await counts()).toMatchObject({ legal: 0, legal6: 0 });
    expectNoLie(await counts());
    await setLock('locked', here.lab, [vif, liar]);
    await here.lab.xcp('network-param-set', `uuid=${here.network}`, 'default-locking-mode=unlocked');
    await flowing();
    expectNoLie(await counts());
  });

  test('kill -9 of hostd and its return', async () => {
    await listen();
    await here.lab.restart('SIGKILL');
    await sleep(500);
    await conclude('hostd killed and started');
  });

  test('kill -9 of the switch and its return', async () => {
    await listen();
    await sleep(500);
    await here.rackHost.ovs.kill('ovs-vswitchd');
    await here.rackHost.ovs.restart();
    await flowing();
    await conclude('switch killed and started');
  });

  test('kill -9 of the switch while hostd is restarted', async () => {
    await listen();
    await sleep(500);
    const restarted = here.lab.restart('SIGKILL');
    await here.rackHost.ovs.kill('ovs-vswitchd');
    await here.rackHost.ovs.restart();
    await restarted;
    await flowing();
    await conclude('hostd and switch killed and started');
  });

  test('it moves to another host, lying all the way', async () => {
    // The bridge there is made and cabled before the guest comes, so that nothing of its first moments is missed.
    const neighbour = await there.lab.xcp('vm-install', 'template=Tiny Linux', 'new-name-label=neighbour');
    await there.lab.xcp('vif-create', `vm-uuid=${neighbour}`, `network-uuid=${there.network}`, 'device=1', 'mac=random');
    await there.lab.xcp('vm-start', `uuid=${neighbour}`);
    await cable(there);
    await listen();
    await sleep(500);
    // From inside: whoever asks for a migration speaks with both hosts.
    const words = migrationWords(there.lab, vm, [`vif:${vif}=${there.network}`, `vif:${liar}=${there.network}`]);
    await here.rackHost.space.run(xcp, words, { env: { XCP_SERVER: here.lab.host.server } });
    await flowing();
    await sleep(500);
    await conclude('moved');
    expect(await rules(here)).toBe(0);
    expect(await rules(there)).toBeGreaterThan(0);
    const moved = (await there.lab.xcp('vif-list', `vm-uuid=${vm}`, '--minimal')).split(',');
    expect(moved).toHaveLength(2);
    for (const uuid of moved) expect(await there.lab.xcp('vif-param-get', `uuid=${uuid}`, 'param-name=locking-mode')).toBe('locked');
    // It has lied until now.
    await setLock('unlocked', there.lab, moved);
    await listen();
    await flowing();
    await lying();
  });
});
