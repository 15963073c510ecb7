// The host's own addresses on a real switch: moved from a NIC to its bridge and on to a bond and a VLAN, static and given by others.

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { HostedNetwork, HostIp, HostNetwork, Uplink } from '../../../src/drivers/network.ts';
import { InsideDriver } from '../support/rack/driver.ts';
import { lossText, startFlows } from '../support/rack/flows.ts';
import type { RackGuest } from '../support/rack/guest.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import { makeRack, type Rack, type RackHost } from '../support/rack/rack.ts';
import { makeRouter } from '../support/rack/router.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('The addresses of the host', ['dnsmasq', 'dhclient', 'busybox']);
const say = (text: string): void => void process.stderr.write(`    ${text}\n`);
const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const fixed = (fields: Partial<HostIp> = {}): HostIp => ({
  ipv4: { kind: 'static', address: '10.5.0.9', prefixLength: 24, gateway: '10.5.0.1' },
  ipv6: { kind: 'static', address: 'fd05::9', prefixLength: 64, gateway: 'fd05::1' },
  dns: ['10.5.0.53'],
  isManagement: true,
  ...fields,
});

lab('the addresses of the host', () => {
  let rack: Rack;
  let host: RackHost;
  let router: RackGuest;
  let driver: InsideDriver;
  let stateDir: string;
  let macs: readonly string[];

  const network = (number: number, uplink: Uplink, ip?: HostIp, mac = macs[number]): HostedNetwork => ({
    bridge: uplink.kind === 'bond' ? 'xapi0' : `xenbr${number}`,
    networkId: id(100 + number),
    mtu: 1500,
    uplink,
    ...(mac !== undefined && uplink.kind !== 'vlan' && { mac }),
    ...(ip && { ip }),
  });
  const nic = (number: number, ip?: HostIp): HostedNetwork => network(number, { kind: 'nic', pif: id(number), device: `eth${number}` }, ip);
  const state = (...networks: readonly HostedNetwork[]): HostNetwork => ({ networks, ports: [] });
  const kernel = async (...words: readonly string[]): Promise<string> => host.space.run('ip', words);
  const pings = async (to: string, from = host.space): Promise<boolean> =>
    from.run('ping', ['-c', '1', '-W', '2', to]).then(
      () => true,
      () => false, // no answer
    );
  const applied = async (...networks: readonly HostedNetwork[]): Promise<void> =>
    expect(await driver.apply(state(...networks))).toEqual({});
  const shown = async (bridge: string) => (await driver.addresses()).find(status => status.bridge === bridge);

  beforeAll(async () => {
    rack = await makeRack({ hosts: ['a'] });
    host = rack.host('a');
    stateDir = join(rack.folder, 'state');
    await rack.partner(host, { kind: 'plain' });
    router = await makeRouter(rack, {
      name: 'router',
      mac: '02:00:00:00:05:01',
      ipv4: '10.5.0',
      ipv6: 'fd05',
      gives: ['dhcp', 'dhcp6', 'slaac'],
    });
    await host.space.ip(
      'addr add 10.5.0.9/24 dev eth0',
      'addr add fd05::9/64 dev eth0 nodad',
      'route add default via 10.5.0.1 dev eth0',
      'route add 172.31.0.0/16 via 10.5.0.1 dev eth0',
    );
    macs = await Promise.all(host.nics.map(async device => (await host.space.run('cat', [`/sys/class/net/${device}/address`])).trim()));
    driver = InsideDriver.start(host, stateDir, host.nics);
  }, 60_000);
  afterAll(async () => {
    await driver[Symbol.asyncDispose]();
    await rack[Symbol.asyncDispose]();
  });

  test('move from the NIC to its bridge, and flows live through it', async () => {
    await host.space.startFrames(['echo', '7']);
    const flows = await startFlows(router.space, { to: '10.5.0.9', flows: 4, hz: 500 });
    await applied(nic(0, fixed()));
    const loss = await flows.stop();
    say(`NIC to bridge: ${lossText(loss)}`);
    expect(loss.worstMs).toBeLessThan(3_000);
    expect(await kernel('-br', 'address', 'show', 'dev', 'eth0')).not.toMatch(/10\.5\.0\.9|fd05/);
    expect(await kernel('-br', 'address', 'show', 'dev', 'xenbr0')).toMatch(/10\.5\.0\.9\/24.*fd05::9\/64/);
    expect(await kernel('route')).toMatch(/default via 10\.5\.0\.1 dev xenbr0.*172\.31\.0\.0\/16 via 10\.5\.0\.1 dev xenbr0/s);
    expect(await pings('10.5.0.1')).toBe(true);
    expect(await pings('fd05::1')).toBe(true);
    // One answer to each: the NIC below is silent.
    expect(await router.space.run('ping', ['-c', '3', '-i', '0.2', '10.5.0.9'])).not.toContain('DUP');
    expect(await readFile(join(stateDir, 'resolv.conf'), 'utf8')).toContain('nameserver 10.5.0.53');
  });

  test('are shown with the NIC, whose management they are', async () => {
    const interfaces = await driver.interfaces();
    expect(interfaces.map(({ device, management }) => [device, management])).toEqual(host.nics.map(name => [name, name === 'eth0']));
    expect(interfaces[0]).toMatchObject({ gateway: '10.5.0.1', ipv4: [{ address: '10.5.0.9', prefixLength: 24 }] });
  });

  test('once more changes nothing', async () => {
    const monitor = await kernel('-4', 'address', 'show', 'dev', 'xenbr0');
    await applied(nic(0, fixed()));
    expect(await kernel('-4', 'address', 'show', 'dev', 'xenbr0')).toBe(monitor);
  });

  test('another address in the same network, the old one leaving later', async () => {
    const ipv4 = { kind: 'static', address: '10.5.0.10', prefixLength: 24, gateway: '10.5.0.1' } as const;
    await applied(nic(0, fixed({ ipv4, leaving: [{ address: '10.5.0.9', prefixLength: 24 }] })));
    expect(await pings('10.5.0.9', router.space)).toBe(true);
    expect(await pings('10.5.0.10', router.space)).toBe(true);
    expect(await kernel('route', 'get', '10.5.0.1')).toContain('src 10.5.0.10');
    await applied(nic(0, fixed({ ipv4 })));
    expect(await pings('10.5.0.9', router.space)).toBe(false);
    expect(await pings('10.5.0.10', router.space)).toBe(true);
    await applied(nic(0, fixed()));
  });

  test('another MAC address of the bridge is told to the neighbours, who would ask for the old one', async () => {
    const [first = '', another] = [macs[0], '02:00:00:00:77:01'];
    const known = async (): Promise<string> =>
      (await Promise.all(['10.5.0.9', 'fd05::9'].map(address => router.space.run('ip', ['neighbour', 'show', address])))).join('');
    const count = async (mac: string): Promise<number> => (await known()).split(mac).length - 1;
    expect([await pings('10.5.0.9', router.space), await pings('fd05::9', router.space)]).toEqual([true, true]);
    expect(await count(first)).toBe(2);
    for (const mac of [another, first]) {
      await applied(network(0, { kind: 'nic', pif: id(0), device: 'eth0' }, fixed(), mac));
      const tookMs = await until('the neighbour knows', async () => ({ done: (await count(mac)) === 2, seen: await known() }), {
        timeoutMs: 5_000,
      });
      say(`a neighbour knows another MAC address after ${tookMs} ms`);
      expect(await pings('10.5.0.9', router.space)).toBe(true);
    }
  });

  test('a gateway that cannot be reached is refused, by the PIF', async () => {
    const ipv4 = { kind: 'static', address: '10.5.0.9', prefixLength: 24, gateway: '192.168.77.1' } as const;
    expect((await driver.apply(state(nic(0, fixed({ ipv4 })))))[id(0)]).toMatch(/gateway/);
    await applied(nic(0, fixed()));
    expect(await pings('10.5.0.1')).toBe(true);
  });

  test('onto a bond of two NICs and back', async () => {
    const bond: Uplink = {
      kind: 'bond',
      pif: id(9),
      device: 'bond0',
      mac: macs[0] ?? '',
      members: [0, 1].map(number => ({ pif: id(number), device: `eth${number}` })),
      mode: 'active-backup',
      hashing: 'src_mac',
      lacpTime: 'slow',
      lacpFallback: false,
    };
    await rack.partner(host, { kind: 'plain' });
    const flows = await startFlows(router.space, { to: '10.5.0.9', flows: 4, hz: 500 });
    await applied(network(0, bond, fixed()));
    say(`bridge to bond: ${lossText(await flows.stop())}`);
    const back = await startFlows(router.space, { to: '10.5.0.9', flows: 4, hz: 500 });
    expect(await kernel('-br', 'address', 'show', 'dev', 'xapi0')).toMatch(/10\.5\.0\.9\/24.*fd05::9\/64/);
    await applied(nic(0, fixed()));
    const loss = await back.stop();
    say(`bond to bridge: ${lossText(loss)}`);
    expect(loss.worstMs).toBeLessThan(3_000);
    expect(await pings('10.5.0.1')).toBe(true);
  });

  test('onto a VLAN', async () => {
    const vlan = network(7, { kind: 'vlan', pif: id(7), parent: 'xenbr0', tag: 77 }, fixed());
    const other = await rack.guest('tor', { name: 'tagged', mac: '02:00:00:00:07:01', tag: 77, addresses: ['10.5.0.77/24'] });
    await applied(nic(0), vlan);
    expect(await pings('10.5.0.9', router.space)).toBe(false);
    expect(await pings('10.5.0.9', other.space)).toBe(true);
    await applied(nic(0, fixed()));
    expect(await pings('10.5.0.9', router.space)).toBe(true);
    await other.unplug();
  });

  test('DHCP: the address, the gateway and the name servers that the server gives; renewed without hostd', async () => {
    await applied(nic(0, fixed({ ipv4: { kind: 'dhcp' }, ipv6: { kind: 'none' }, dns: [] })));
    // Until the server has spoken, what was there serves.
    expect(await pings('10.5.0.9', router.space)).toBe(true);
    const waitedMs = await until('a lease', async () => {
      const seen = JSON.stringify(await shown('xenbr0'));
      return { done: /10\.5\.0\.1[0-5]\d.*10\.5\.0\.53/.test(seen) && !seen.includes('10.5.0.9'), seen };
    });
    say(`DHCP: a lease after ${waitedMs} ms`);
    expect(await shown('xenbr0')).toMatchObject({ ipv4Gateway: '10.5.0.1', dns: ['10.5.0.53'] });
    expect(driver.events).toContain('addresses');
    const before = await shown('xenbr0');
    const clients = await host.space.run('pgrep', ['-f', `udhcpc.*${stateDir}`]);
    await driver.kill();
    await rm(join(stateDir, 'resolv.conf'));
    driver = InsideDriver.start(host, stateDir, host.nics);
    await applied(nic(0, fixed({ ipv4: { kind: 'dhcp' }, ipv6: { kind: 'none' }, dns: [] })));
    expect(await shown('xenbr0')).toEqual(before);
    expect(await readFile(join(stateDir, 'resolv.conf'), 'utf8')).toContain('10.5.0.53');
    expect(await host.space.run('pgrep', ['-f', `udhcpc.*${stateDir}`])).toBe(clients);
  });

  test('autoconf: the prefix that the router advertises', async () => {
    await applied(nic(0, fixed({ ipv6: { kind: 'autoconf' } })));
    const waitedMs = await until('an address of the prefix', async () => {
      const seen = JSON.stringify(await shown('xenbr0'));
      return { done: /"fd05:/.test(seen), seen };
    });
    say(`autoconf: an address after ${waitedMs} ms`);
    expect(await kernel('-6', 'route')).toMatch(/default via fe80:\S+ dev xenbr0 proto ra/);
    expect(await pings('fd05::1')).toBe(true);
  });

  test('DHCPv6', async () => {
    await applied(nic(0, fixed({ ipv6: { kind: 'dhcp' }, dns: [] })));
    const waitedMs = await until('a lease', async () => {
      const seen = JSON.stringify(await shown('xenbr0'));
      return { done: /"fd05::1[0-9a-f]{3}"/.test(seen), seen };
    });
    say(`DHCPv6: a lease after ${waitedMs} ms`);
    expect(await pings('fd05::1')).toBe(true);
    await applied(nic(0, fixed()));
    await until('the static address alone', async () => {
      const seen = JSON.stringify((await shown('xenbr0'))?.ipv6);
      return { done: seen === '[{"address":"fd05::9","prefixLength":64}]', seen };
    });
    const clients = await host.space.run('pgrep', ['-f', `dhclient -6.*${stateDir}`]).catch(() => ''); // none
    expect(clients).toBe('');
  });

  test('come back when the switch was killed and started again', async () => {
    await applied(nic(0, fixed()));
    await host.ovs.kill('ovs-vswitchd');
    await host.ovs.restart();
    await until('the address', async () => {
      const seen = await kernel('-br', 'address', 'show', 'dev', 'xenbr0').catch(error => String(error));
      return { done: seen.includes('10.5.0.9/24') && (await pings('10.5.0.1')), seen };
    });
  });
});
