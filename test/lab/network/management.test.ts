// The way to a host's management on a real switch: moved and kept, cut and brought back by the host itself (hostd alive, killed, started again),
// reset in one step. A client in a namespace of its own sees what an administrator would.

import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isAlive, runXcp, xcp } from '../../../tools/hosts/host.ts';
import { runTool } from '../../../src/drivers/tool.ts';
import { type LabHost, password, processesOf } from '../support/hosts.ts';
import type { RackGuest } from '../support/rack/guest.ts';
import { rackHostd } from '../support/rack/hostd.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import { makeRack, type Rack, type RackHost } from '../support/rack/rack.ts';
import { makeRouter } from '../support/rack/router.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('The management of a host', ['dnsmasq', 'ping']);
const say = (text: string): void => void process.stderr.write(`    ${text}\n`);

lab('the management of a host', () => {
  let rack: Rack;
  let host: RackHost;
  let client: RackGuest;
  let hostd: LabHost;
  let folder: string;
  const home = '10.5.0.9';

  const reaches = async (address: string): Promise<boolean> =>
    client.space.run('ping', ['-c', '1', '-W', '1', address]).then(
      () => true,
      () => false, // no answer
    );
  /** How long until the client reaches the address, in ms. */
  const untilReached = (address: string, timeoutMs: number): Promise<number> =>
    until(
      `${address} reached`,
      async () => ({ done: await reaches(address), seen: readFileSync(join(folder, 'hostd.log'), 'utf8').slice(-1500) }),
      {
        timeoutMs,
        everyMs: 100,
      },
    );
  const local = (...words: readonly string[]): Promise<string> => hostd.xcp(...words);
  const pif = (device: string): Promise<string> => local('pif-list', `device=${device}`, 'VLAN=-1', '--minimal');
  const field = (uuid: string, name: string): Promise<string> => local('pif-param-get', `uuid=${uuid}`, `param-name=${name}`);
  /** `xcp` on the client's machine, over the network. */
  const remote = async (server: string, ...words: readonly string[]): Promise<string> =>
    (
      await client.space.run(xcp, ['-s', `${server}:8443`, '-u', 'root', '-pwf', join(rack.folder, 'login'), ...words], {
        env: { XDG_CONFIG_HOME: join(rack.folder, 'config'), XDG_CACHE_HOME: join(rack.folder, 'cache'), HOME: rack.folder },
      })
    ).trim();
  /** Where hostd answers from outside: on the management's addresses, and nowhere else. IPv6 comes from the router at first. */
  const listening = async (family: 4 | 6, ...addresses: readonly string[]): Promise<void> => {
    const wanted = addresses.map(address => (family === 6 ? `[${address}]:8443` : `${address}:8443`)).join();
    await until(`listening on ${wanted} alone`, async () => {
      const table = await host.space.run('ss', [`-${family}`, '-Hltn', 'sport = :8443']);
      return { done: (table.match(/\S+:8443(?= )/g) ?? []).join() === wanted, seen: table };
    });
  };
  const trials = (): readonly string[] => readdirSync(join(folder, 'network')).filter(name => /^(pending|undoing|confirmed)/.test(name));
  const alerts = (): Promise<string> => local('message-list', 'params=name', '--minimal');
  /** A bond by LACP, which the switch does not speak: nothing passes it. Answers before the host has found out. */
  const cut = async (seconds: number): Promise<void> => {
    const network = await local('network-create', `name-label=dead-end-${Date.now()}`);
    const members = await Promise.all(['eth0', 'eth1'].map(pif));
    const words = [
      'bond-create',
      `network-uuid=${network}`,
      `pif-uuids=${members.join(',')}`,
      'mode=lacp',
      'properties:lacp-fallback-ab=false',
      `--confirm-timeout=${seconds}`,
    ];
    await runXcp(words, { server: hostd.host.server });
  };
  const isBack = async (): Promise<void> => {
    expect(await local('bond-list', '--minimal')).toBe('');
    expect(await field(await pif('eth0'), 'management')).toBe('true');
    expect(await field(await pif('eth0'), 'IP')).toBe(home);
  };
  const start = (): Promise<LabHost> =>
    rackHostd(rack.folder, host, ['--listen', 'tls:management:8443', '--nics', 'eth0', '--nics', 'eth1']);

  beforeAll(async () => {
    rack = await makeRack({ hosts: ['a'], nics: 2 });
    host = rack.host('a');
    folder = join(rack.folder, 'hostd-a');
    await rack.partner(host, { kind: 'plain' });
    client = await makeRouter(rack, { name: 'client', mac: '02:00:00:00:05:01', ipv4: '10.5.0', ipv6: 'fd05', gives: ['dhcp', 'slaac'] });
    await client.space.ip('addr add 10.6.0.1/24 dev eth0');
    writeFileSync(join(rack.folder, 'login'), `root\n${password}\n`);
    await host.space.ip(`addr add ${home}/24 dev eth0`, 'route add default via 10.5.0.1 dev eth0');
    hostd = await start();
  }, 120_000);
  afterAll(async () => {
    await hostd[Symbol.asyncDispose]();
    await rack[Symbol.asyncDispose]();
  }, 60_000);

  /** What a test before this one broke is not this one's fault. */
  beforeEach(async () => {
    if (!isAlive(hostd.host.pid)) await hostd.restart('SIGKILL');
  }, 60_000);

  test('hostd takes the address over at its first start, and keeps what a reset goes back to', async () => {
    expect(await reaches(home)).toBe(true);
    expect(await remote(home, 'host-list', 'params=address', '--minimal')).toBe(home);
    await listening(4, home);
    const eth0 = await pif('eth0');
    expect([await field(eth0, 'management'), await field(eth0, 'IP'), await field(eth0, 'gateway')]).toEqual(['true', home, '10.5.0.1']);
    expect(readFileSync(join(folder, 'firstboot/management.conf'), 'utf8')).toContain(`LABEL='eth0'\nMODE='static'`);
  });

  test('a new address, set over the network: kept, since the client comes back by it', async () => {
    const eth0 = await pif('eth0');
    const words = ['netmask=255.255.255.0', 'gateway=10.5.0.1'];
    await remote(home, 'pif-reconfigure-ip', `uuid=${eth0}`, 'mode=static', 'IP=10.5.0.20', ...words);
    await until('confirmed', async () => ({ done: trials().length === 0, seen: trials().join() }), { timeoutMs: 5_000 });
    await until('the new address alone', async () => ({ done: (await reaches('10.5.0.20')) && !(await reaches(home)), seen: '' }));
    expect(await local('host-list', 'params=address', '--minimal')).toBe('10.5.0.20');
    await listening(4, '10.5.0.20');
    await remote('10.5.0.20', 'pif-reconfigure-ip', `uuid=${eth0}`, 'mode=static', `IP=${home}`, ...words);
    await until('the first address alone', async () => ({ done: (await reaches(home)) && !(await reaches('10.5.0.20')), seen: '' }));
  });

  test('an address by which the client does not come: it goes back by itself', async () => {
    const eth0 = await pif('eth0');
    const words = ['mode=static', 'IP=10.99.0.9', 'netmask=255.255.255.0', '--confirm-timeout=3'];
    await expect(remote(home, 'pif-reconfigure-ip', `uuid=${eth0}`, ...words)).rejects.toThrow(/takes it back|10\.99\.0\.9/);
    await until('the old address', async () => ({ done: (await field(eth0, 'IP')) === home, seen: '' }), { timeoutMs: 10_000 });
    expect(await reaches(home)).toBe(true);
    await listening(4, home);
    expect(await alerts()).toContain('MANAGEMENT_CHANGE_ROLLED_BACK');
  });

  test('set on the host itself: kept when the gateway answers', async () => {
    const eth0 = await pif('eth0');
    await local('pif-reconfigure-ip', `uuid=${eth0}`, 'mode=dhcp');
    const waitedMs = await until('a lease', async () => {
      const seen = await field(eth0, 'IP');
      return { done: /^10\.5\.0\.1[0-5]\d$/.test(seen), seen };
    });
    say(`management by DHCP: a lease after ${waitedMs} ms`);
    await until('confirmed', async () => ({ done: trials().length === 0, seen: trials().join() }), { timeoutMs: 15_000 });
    expect(await field(eth0, 'IP-configuration-mode')).toBe('DHCP');
    await listening(4, await field(eth0, 'IP'));
    await local('pif-reconfigure-ip', `uuid=${eth0}`, 'mode=static', `IP=${home}`, 'netmask=255.255.255.0', 'gateway=10.5.0.1');
    await until('confirmed', async () => ({ done: trials().length === 0, seen: trials().join() }), { timeoutMs: 15_000 });
    expect(await reaches(home)).toBe(true);
  });

  test('IPv6 by autoconf', async () => {
    const eth0 = await pif('eth0');
    await local('pif-reconfigure-ipv6', `uuid=${eth0}`, 'mode=autoconf');
    await until('an address of the prefix', async () => {
      const seen = await field(eth0, 'IPv6');
      return { done: seen.includes('fd05:'), seen };
    });
    const [address = ''] = /fd05:[0-9a-f:]+/.exec(await field(eth0, 'IPv6')) ?? [];
    expect(await reaches(address)).toBe(true);
    await listening(6, address);
    await local('pif-reconfigure-ipv6', `uuid=${eth0}`, 'mode=none');
    await listening(6);
    await until('confirmed', async () => ({ done: trials().length === 0, seen: trials().join() }), { timeoutMs: 15_000 });
  });

  test('cut off, with hostd alive: back by itself within the time', async () => {
    const startedAt = Date.now();
    const cutting = cut(4);
    await until('cut', async () => ({ done: !(await reaches(home)), seen: 'still there' }), { timeoutMs: 20_000 });
    const cutAt = Date.now();
    await untilReached(home, 20_000);
    say(
      `cut with hostd alive: back ${Date.now() - cutAt} ms after the cut was seen, ${Date.now() - startedAt} ms after the command began, of 4 s given`,
    );
    await cutting;
    await isBack();
    expect(trials()).toEqual([]);
  });

  test('cut off, and hostd killed: the watchdog brings it back within the time, and the records follow', async () => {
    const cutting = cut(4);
    await until('on trial', async () => ({ done: trials().length > 0 && !(await reaches(home)), seen: trials().join() }), {
      timeoutMs: 20_000,
    });
    process.kill(hostd.host.pid, 'SIGKILL');
    const killedAt = Date.now();
    await cutting;
    await untilReached(home, 25_000);
    say(`cut, hostd killed: back ${Date.now() - killedAt} ms after the kill, of 4 s given`);
    expect(trials().map(name => name.split('-')[0])).toEqual(['undoing']);
    await hostd.restart('SIGKILL');
    await isBack();
    expect(trials()).toEqual([]);
    expect(await reaches(home)).toBe(true);
  });

  test('cut off, and everything of xcp killed: the next start brings it back before anything else', async () => {
    const cutting = cut(600);
    await until('on trial', async () => ({ done: trials().length > 0 && !(await reaches(home)), seen: trials().join() }), {
      timeoutMs: 20_000,
    });
    for (const pid of processesOf(folder)) if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('hostd')) process.kill(pid, 'SIGKILL');
    await cutting;
    expect(await reaches(home)).toBe(false);
    const startedAt = Date.now();
    const [restarted] = await Promise.all([
      hostd.restart('SIGKILL'),
      untilReached(home, 30_000).then(ms => say(`cut, all killed, started again: back ${ms} ms after the start`)),
    ]);
    expect(restarted).toBeUndefined();
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    await isBack();
    expect(trials()).toEqual([]);
  });

  /** In the host, whose links it changes. */
  const reset = (words: readonly string[], input = ''): Promise<string> =>
    host.space.run(xcp, ['host-network-reset', '--state-dir', folder, ...words], { env: { OVS_RUNDIR: host.ovs.rundir }, input });
  /** A change by hand that no trial saw: the management on a VLAN that nobody else is on, confirmed. */
  const lose = async (): Promise<void> => {
    const network = await local('network-create', 'name-label=lost');
    const eth0 = await pif('eth0');
    const vlan = await local('vlan-create', `network-uuid=${network}`, `pif-uuid=${eth0}`, 'vlan=99');
    await local('pif-reconfigure-ip', `uuid=${vlan}`, 'mode=static', 'IP=10.6.0.9', 'netmask=255.255.255.0');
    await local('host-management-reconfigure', `pif-uuid=${vlan}`);
    await runXcp(['host-network-confirm'], { server: hostd.host.server });
    await local('pif-reconfigure-ip', `uuid=${eth0}`, 'mode=none');
    await until('lost', async () => ({ done: !(await reaches(home)), seen: 'still there' }), { timeoutMs: 20_000 });
  };
  const isReset = async (): Promise<void> => {
    expect(await local('vlan-list', '--minimal')).toBe('');
    expect(await local('network-list', 'name-label=lost', '--minimal')).not.toBe('');
    await isBack();
    expect(await remote(home, 'host-list', 'params=address', '--minimal')).toBe(home);
    await local('network-destroy', `uuid=${await local('network-list', 'name-label=lost', '--minimal')}`);
  };

  test('a reset asks first, and says what goes', async () => {
    await lose();
    await expect(reset(['--mode', 'static', '--ip', '10.5.0'])).rejects.toThrow(/no IPv4 address/);
    const said = await reset([], 'no\n').catch((error: unknown) => String(error));
    expect(said).toMatch(/status 1/);
    expect(await reaches(home)).toBe(false);
  });

  test('a reset with hostd alive', async () => {
    const startedAt = Date.now();
    const resetting = reset(['--yes']);
    await untilReached(home, 30_000);
    say(`reset with hostd alive: reached ${Date.now() - startedAt} ms after the command began`);
    await listening(4, home);
    expect(await resetting).toMatch(/device:\s+eth0[^]*VLAN 99 on eth0 \(network 'lost' stays[^]*The network is reset\./);
    await isReset();
  });

  test('a reset with hostd dead', async () => {
    await lose();
    process.kill(hostd.host.pid, 'SIGKILL');
    const startedAt = Date.now();
    const resetting = reset(['--yes']);
    await untilReached(home, 30_000);
    say(`reset with hostd dead: reached ${Date.now() - startedAt} ms after the command began`);
    expect(await resetting).toContain('Start hostd again');
    await hostd.restart('SIGKILL');
    await isReset();
  });

  test('a reset with a database that cannot be read, by the other name of the command', async () => {
    await lose();
    process.kill(hostd.host.pid, 'SIGKILL');
    await sleep(100);
    const kept = ['xcp.db', 'xcp.db-wal'].map(name => [join(folder, name), readFileSync(join(folder, name))] as const);
    for (const name of ['xcp.db', 'xcp.db-wal', 'xcp.db-shm']) rmSync(join(folder, name), { force: true });
    writeFileSync(join(folder, 'xcp.db'), 'this is no database');
    const link = join(rack.folder, 'xe-reset-networking');
    await runTool('ln', ['-s', xcp, link]);
    const words = [
      '--state-dir',
      folder,
      '--device=eth0',
      '--mode=static',
      '--mode-v6=none',
      '--ip=10.5.0.30',
      '--netmask=255.255.255.0',
      '--gateway=10.5.0.1',
      '--novlan',
    ];
    const said = await host.space.run(link, words, { input: 'yes\n', env: { OVS_RUNDIR: host.ovs.rundir } });
    expect(said).toContain('The database cannot be read');
    await untilReached('10.5.0.30', 10_000);
    expect(readFileSync(join(folder, 'network-reset'), 'utf8')).toContain(
      'DEVICE=eth0\nMODE=static\nMODE_V6=none\nIP=10.5.0.30\nNETMASK=255.255.255.0\nGATEWAY=10.5.0.1\n',
    );
    // The database comes back from a copy: the next start brings it in line.
    for (const [path, bytes] of kept) writeFileSync(path, bytes);
    await hostd.restart('SIGKILL');
    expect(await field(await pif('eth0'), 'IP')).toBe('10.5.0.30');
    await untilReached('10.5.0.30', 15_000);
  });
});
