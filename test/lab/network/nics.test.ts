// What hostd tells of real NICs and does to them: links, what is at their other ends (by a real lldpd on both), receive offload, further routes.

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RackedHosts, type Racked } from '../support/rack/hosts.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import type { Space } from '../support/rack/space.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('NICs', ['lldpd', 'lldpcli', 'ethtool']);
const say = (text: string): void => void process.stderr.write(`    ${text}\n`);

lab('NICs', () => {
  let hosts: RackedHosts;
  let host: Racked;
  let folder = '';
  let socket = '';
  const daemons: ChildProcess[] = [];

  const listen = (space: Space, socketPath: string, ...words: readonly string[]): void => {
    const [command = '', ...args] = space.wrap;
    daemons.push(spawn(command, [...args, 'lldpd', '-d', '-u', socketPath, ...words], { stdio: 'ignore' }));
  };
  const pif = (device: string): Promise<string> => host.xcp('pif-list', `device=${device}`, 'VLAN=-1', '--minimal');
  const plugin = async (): Promise<{ readonly neighbours: readonly Readonly<Record<string, unknown>>[]; readonly absent: string | null }> =>
    JSON.parse(
      await host.xcp('host-call-plugin', `host-uuid=${await host.xcp('host-list', '--minimal')}`, 'plugin=lldp', 'fn=show'),
    ) as Awaited<ReturnType<typeof plugin>>;

  beforeAll(async () => {
    // Where lldpd's own user can reach it: until it has, the daemon says nothing.
    folder = mkdtempSync(join(tmpdir(), 'xcp-lldp-'));
    chmodSync(folder, 0o755);
    socket = join(folder, 'host.sock');
    hosts = await RackedHosts.start({ hosts: ['nn'], env: { LLDPD_SOCKET: socket } });
    host = hosts.get('nn');
  }, 120_000);
  afterAll(async () => {
    for (const daemon of daemons) daemon.kill();
    await hosts[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('links are told as they are; what is no hardware has no vendor and no place', async () => {
    const eth1 = await pif('eth1');
    const field = (name: string): Promise<string> => host.xcp('pif-param-get', `uuid=${eth1}`, `param-name=${name}`);
    expect([await field('carrier'), await field('duplex'), await field('speed')]).toEqual(['true', 'full', '10000 Mbit/s']);
    for (const name of ['vendor-id', 'vendor-name', 'device-id', 'device-name', 'pci-bus-path']) expect(await field(name)).toBe('');
    expect(await field('capabilities')).toBe('');
    await host.host.setPort(1, 'down');
    await until('the link is down', async () => ({ done: (await field('carrier')) === 'false', seen: await field('carrier') }));
    await host.host.setPort(1, 'up');
    await until('the link is up', async () => ({ done: (await field('carrier')) === 'true', seen: await field('carrier') }));
  });

  test('without a lldpd nobody is heard, and nothing fails', async () => {
    expect(await plugin()).toEqual({ neighbours: [], absent: 'lldpd does not run on this host' });
    expect(await host.xcp('network-show')).toContain('eth1');
  });

  test('the switch at the other end is named, with its port', async () => {
    listen(host.host.space, socket, '-I', 'eth*', '-r');
    listen(hosts.rack.tor, join(folder, 'tor.sock'), '-I', 'nn-*', '-S', 'switch of the lab');
    const waitedMs = await until(
      'a neighbour on each NIC',
      async () => {
        const { neighbours, absent } = await plugin();
        return { done: new Set(neighbours.map(({ device }) => device)).size === 4, seen: JSON.stringify([neighbours, absent]) };
      },
      { timeoutMs: 60_000, everyMs: 500 },
    );
    say(`the switch is heard on four NICs after ${waitedMs} ms`);
    const { neighbours } = await plugin();
    expect(neighbours.find(({ device }) => device === 'eth2')).toMatchObject({
      pif: await pif('eth2'),
      protocol: 'LLDP',
      description: 'switch of the lab',
      port_description: 'nn-2',
    });
    expect(await host.xcp('network-show')).toMatch(/eth2 {2}link 10 Gbit\/s {2}to \S+ port nn-2/);
  }, 90_000);

  test('receive offload is switched, for a NIC and for the members of a bond', async () => {
    const isOn = async (device: string): Promise<boolean> =>
      /generic-receive-offload: on/.test(await host.host.space.run('ethtool', ['-k', device]));
    const before = await isOn('eth1');
    await host.host.space.run('ethtool', ['-K', 'eth1', 'gro', 'on']);
    await host.xcp('pif-param-set', `uuid=${await pif('eth1')}`, 'properties:gro=off');
    expect(await isOn('eth1')).toBe(false);
    await host.xcp('pif-param-set', `uuid=${await pif('eth1')}`, 'properties:gro=on');
    expect(await isOn('eth1')).toBe(true);
    say(`receive offload of a veth at first: ${before ? 'on' : 'off'}`);
    const { code, stderr } = await host.run(['pif-param-set', `uuid=${await pif('eth1')}`, 'properties:gro=perhaps']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('gro = perhaps')]);
  });

  test('further routes come with the network’s setting, live through a restart, and go with it', async () => {
    const network = await host.xcp('pif-param-get', `uuid=${await pif('eth0')}`, 'param-name=network-uuid');
    const routes = (): Promise<string> => host.host.space.run('ip', ['route']);
    const set = (text: string): Promise<string> => host.xcp('network-param-set', `uuid=${network}`, `other-config:static-routes=${text}`);
    await set('172.16.0.0/15/192.168.9.254,10.9.9.9/32/192.168.9.254');
    const wanted = /10\.9\.9\.9 via 192\.168\.9\.254 dev \S+[^]*172\.16\.0\.0\/15 via 192\.168\.9\.254/;
    await until('both routes', async () => ({ done: wanted.test(await routes()), seen: await routes() }));
    await host.hostd.restart('SIGKILL');
    expect(await routes()).toMatch(wanted);
    // One whose gateway is no neighbour takes neither the other nor the addresses away.
    await set('172.18.0.0/16/10.200.0.1,172.16.0.0/15/192.168.9.254');
    await until('one route', async () => {
      const seen = await routes();
      return { done: /172\.16\.0\.0\/15 via/.test(seen) && !seen.includes('10.9.9.9'), seen };
    });
    expect(await routes()).not.toContain('172.18.0.0');
    expect(await host.xcp('host-list', 'params=address', '--minimal')).toBe(host.address);
    await host.xcp('network-param-remove', `uuid=${network}`, 'param-name=other-config', 'param-key=static-routes');
    await until('none', async () => ({ done: !(await routes()).includes('172.16.0.0'), seen: await routes() }));
  }, 90_000);
});
