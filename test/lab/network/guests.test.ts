// Guests on a real Open vSwitch: their ports are on the network's bridge, they reach each other, and a move takes a port along.

import { execFileSync } from 'node:child_process';
import { access } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findProgram } from '../../../src/drivers/tool.ts';
import { tagOf } from '../../../src/drivers/network/ovs/names.ts';
import { tapName } from '../../../src/drivers/network/ovs/tap.ts';
import { leaveSwitch } from '../../../tools/hosts/switch.ts';
import { typed } from '../support/guest-console.ts';
import { labHost, type LabHost } from '../support/hosts.ts';
import { mustMigrate } from '../support/migrations.ts';

const missing: string[] = [];
for (const program of ['qemu-system-x86_64', 'ovs-vswitchd', 'ovs-vsctl', 'ip'])
  if ((await findProgram(program)) === undefined) missing.push(`${program} is not installed`);
if (process.getuid?.() !== 0) missing.push('this is not root');
await access('/dev/net/tun').catch(() => missing.push('/dev/net/tun does not exist'));
const lab = missing.length === 0 ? describe : describe.skip;
if (missing.length > 0) process.stderr.write(`Guests on Open vSwitch are not tested: ${missing.join(', ')}\n`);

const withSwitch = { args: ['--network', 'ovs', '--private-switch'] };

interface Guest {
  readonly vm: string;
  readonly vif: string;
}

lab('guests on Open vSwitch', () => {
  let one: LabHost;
  let two: LabHost;
  const networks = new Map<LabHost, string>();
  let guests: readonly Guest[] = [];

  beforeAll(async () => {
    one = await labHost('net-one', withSwitch);
    two = await labHost('net-two', withSwitch);
    for (const host of [one, two]) networks.set(host, await host.xcp('network-create', 'name-label=Lab'));
    guests = [await install(one, 1), await install(one, 2)];
  }, 120_000);
  afterAll(async () => {
    const folders = [one, two].map(({ host }) => host.folder);
    for (const host of [one, two]) await host[Symbol.asyncDispose]();
    for (const folder of folders) await leaveSwitch(folder);
  });

  const networkOf = (host: LabHost): string => networks.get(host) ?? '';

  const install = async (host: LabHost, number: number): Promise<Guest> => {
    const vm = await host.xcp('vm-install', 'template=Tiny Linux', `new-name-label=guest ${number}`);
    for (const vif of (await host.xcp('vif-list', `vm-uuid=${vm}`, '--minimal')).split(',').filter(Boolean))
      await host.xcp('vif-destroy', `uuid=${vif}`);
    const vif = await host.xcp('vif-create', `vm-uuid=${vm}`, `network-uuid=${networkOf(host)}`, 'device=0', 'mac=random');
    await host.xcp('vm-start', `uuid=${vm}`);
    // Its search for a lease, and what that has begun, would take the address away again. May be typed twice, on a busy machine.
    const calm = 'for i in 1 2 3 4 5 6 7 8 9; do killall udhcpc 2>/dev/null && break; sleep 0.2; done; sleep 1';
    const address = `ip addr flush dev eth0; ip addr add 10.77.0.${number}/24 dev eth0 && echo ad""dressed`;
    await typed(host.host.server, vm, `${calm}; ${address}`, /addressed/);
    return { vm, vif };
  };

  const vsctl = (...words: readonly string[]): string =>
    execFileSync('ovs-vsctl', ['--db=unix:/run/xcp/ovs/db.sock', '--timeout=10', ...words], { encoding: 'utf8' }).trim();
  /** The uuid of the network whose bridge holds the VIF's port of this host; empty when there is no such port. */
  const networkOfPort = (host: LabHost, vif: string): string => {
    const tap = tapName(tagOf(host.host.folder), vif);
    const isThere = vsctl('--if-exists', 'get', 'Interface', tap, 'name') !== '';
    if (!isThere) return '';
    expect(vsctl('get', 'Interface', tap, 'error')).toBe('[]');
    return vsctl('get', 'Bridge', vsctl('port-to-br', tap), 'external_ids:xs-network-uuids').replaceAll('"', '');
  };
  const pings = (host: LabHost, { vm }: Guest, number: number): Promise<unknown> =>
    typed(host.host.server, vm, `ping -c 1 -W 2 10.77.0.${number} >/dev/null && echo re""ached-${number}`, new RegExp(`reached-${number}`));

  test('the host says nothing of a degraded network and knows its interfaces', async () => {
    expect(await one.xcp('message-list', 'name=NETWORK_DEGRADED', '--minimal')).toBe('');
    expect(await one.xcp('pif-list', 'physical=true', '--minimal')).not.toBe('');
  });

  test('a guest has its port on the bridge of its network', async () => {
    for (const { vif } of guests) {
      expect(networkOfPort(one, vif)).toBe(networkOf(one));
      expect(await one.xcp('vif-param-get', `uuid=${vif}`, 'param-name=currently-attached')).toBe('true');
    }
  });

  test('guests reach each other, also after hostd was killed', async () => {
    const [first, second] = guests;
    if (first === undefined || second === undefined) throw new Error('two guests were installed');
    await pings(one, first, 2);
    await one.restart('SIGKILL');
    await pings(one, second, 1);
  });

  test('a move takes the port to the bridge of the other host', async () => {
    const [moved] = guests;
    if (moved === undefined) throw new Error('two guests were installed');
    await mustMigrate(one, two, moved.vm, [`vif:${moved.vif}=${networkOf(two)}`]);
    const vif = await two.xcp('vif-list', `vm-uuid=${moved.vm}`, '--minimal');
    expect(networkOfPort(two, vif)).toBe(networkOf(two));
    expect(networkOfPort(one, moved.vif)).toBe('');
    const neighbour = await install(two, 3);
    await pings(two, moved, 3);
    await pings(two, neighbour, 1);
  });

  test('the port goes with the guest', async () => {
    const [, stays] = guests;
    if (stays === undefined) throw new Error('two guests were installed');
    await one.xcp('vm-shutdown', `uuid=${stays.vm}`);
    expect(networkOfPort(one, stays.vif)).toBe('');
  });
});
