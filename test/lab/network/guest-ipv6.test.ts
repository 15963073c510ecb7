// IPv6 in real guests: a router on a VLAN advertises a prefix, guests of that VLAN make addresses of it, and their records show them;
// also of an interface that is plugged while the guest runs, of a guest that is locked to its address, and after hostd was killed.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildTinyLinux, tinyLinuxCache } from '../../../src/drivers/hypervisor/tiny-linux/build.ts';
import { typed } from '../support/guest-console.ts';
import type { RackGuest } from '../support/rack/guest.ts';
import { RackedHosts, type Racked } from '../support/rack/hosts.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import { makeRouter } from '../support/rack/router.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('IPv6 in guests', ['qemu-system-x86_64', 'dnsmasq', 'ping']);
const say = (text: string): void => void process.stderr.write(`    ${text}\n`);

/** What a guest makes of the prefix: the middle of its MAC address filled up, one bit turned (EUI-64). */
const autoconf = (prefix: string, mac: string): string => {
  const bytes = mac.split(':').map(byte => Number.parseInt(byte, 16));
  const all = [(bytes[0] ?? 0) ^ 2, bytes[1], bytes[2], 0xff, 0xfe, bytes[3], bytes[4], bytes[5]].map(byte => byte ?? 0);
  const words = [0, 2, 4, 6].map(i => (((all[i] ?? 0) << 8) | (all[i + 1] ?? 0)).toString(16));
  return `${prefix}:${words.join(':')}`;
};

lab('IPv6 in guests', () => {
  let hosts: RackedHosts;
  let host: Racked;
  let router: RackGuest;
  let network = '';
  let vm = '';
  const prefix = 'fd77:1:2:7';
  const macs = ['02:16:3e:77:12:34', '02:16:3e:77:56:78'];

  const shown = (): Promise<string> => host.xcp('vm-param-get', `uuid=${vm}`, 'param-name=networks');
  const seen = (address: string, device: number) => async () => {
    const text = await shown();
    return { done: text.split('; ').some(each => new RegExp(`^${device}/ipv6/\\d+: ${address}$`).test(each)), seen: text };
  };
  /** From outside, by the VLAN. */
  const isReached = (address: string): Promise<boolean> =>
    router.space.run('ping', ['-c', '1', '-W', '2', address]).then(
      () => true,
      () => false, // no answer
    );

  beforeAll(async () => {
    // Made here: the hosts' namespaces reach no archive.
    await buildTinyLinux(tinyLinuxCache());
    hosts = await RackedHosts.start({ hosts: ['gg'], qemu: true });
    host = hosts.get('gg');
    router = await makeRouter(hosts.rack, {
      name: 'router',
      mac: '02:00:00:00:07:01',
      tag: 77,
      ipv4: '10.77.0',
      ipv6: prefix,
      gives: ['dhcp', 'slaac'],
    });
    const [, below] = await host.nics();
    network = await host.xcp('network-create', 'name-label=seventy-seven');
    await host.xcp('vlan-create', `pif-uuid=${below}`, 'vlan=77', `network-uuid=${network}`);
    vm = await host.xcp('vm-install', 'template=Tiny Linux', 'new-name-label=autoconf');
    for (const old of (await host.xcp('vif-list', `vm-uuid=${vm}`, '--minimal')).split(',').filter(Boolean))
      await host.xcp('vif-destroy', `uuid=${old}`);
    await host.xcp('vif-create', `vm-uuid=${vm}`, `network-uuid=${network}`, 'device=0', `mac=${macs[0]}`);
  }, 180_000);
  afterAll(() => hosts[Symbol.asyncDispose](), 60_000);

  test('an address of the prefix is in the records soon after the start, beside the lease', async () => {
    const address = autoconf(prefix, macs[0] ?? '');
    const startedAt = performance.now();
    await host.xcp('vm-start', `uuid=${vm}`);
    const startMs = Math.round(performance.now() - startedAt);
    await until(address, seen(address, 0), { timeoutMs: 90_000, everyMs: 200 });
    say(
      `autoconf: ${address} in the records ${Math.round(performance.now() - startedAt)} ms after the start began (vm-start: ${startMs} ms)`,
    );
    await until('the lease', async () => ({ done: /0\/ip: 10\.77\.0\.1\d\d/.test(await shown()), seen: await shown() }), {
      timeoutMs: 90_000,
    });
    // The guest first asks whether somebody else has it.
    await until('reached by it', async () => ({ done: await isReached(address), seen: await shown() }));
    expect(await host.xcp('network-show')).toContain(address);
  }, 180_000);

  test('an interface that is plugged while the guest runs has one too', async () => {
    const address = autoconf(prefix, macs[1] ?? '');
    const vif = await host.xcp('vif-create', `vm-uuid=${vm}`, `network-uuid=${network}`, 'device=1', `mac=${macs[1]}`);
    const waitedMs = await (async () => {
      await host.xcp('vif-plug', `uuid=${vif}`);
      return until(address, seen(address, 1), { timeoutMs: 120_000, everyMs: 200 });
    })();
    say(`autoconf of a plugged interface: in the records after ${waitedMs} ms`);
    await host.xcp('vif-unplug', `uuid=${vif}`);
    await until('it is gone again', async () => ({ done: !(await shown()).includes(address), seen: await shown() }), {
      timeoutMs: 120_000,
    });
  }, 300_000);

  test('after hostd was killed it is there still, and a prefix that comes later is seen', async () => {
    const address = autoconf(prefix, macs[0] ?? '');
    await host.hostd.restart('SIGKILL');
    expect((await seen(address, 0)()).done).toBe(true);
    const later = autoconf('fd78:1:2:8', macs[0] ?? '');
    await typed(host.hostd.host.server, vm, `ip -6 addr add ${later}/64 dev eth0; echo gi""ven`, /given/);
    const waitedMs = await until(later, seen(later, 0), { timeoutMs: 120_000, everyMs: 500 });
    say(`an address that came later: in the records after ${waitedMs} ms`);
  }, 300_000);

  test('locked to that address the guest is reached by it, and by no other', async () => {
    const [own, other] = [autoconf(prefix, macs[0] ?? ''), `${prefix}::bad`];
    const vif = await host.xcp('vif-list', `vm-uuid=${vm}`, 'device=0', '--minimal');
    await typed(host.hostd.host.server, vm, `ip -6 addr add ${other}/64 dev eth0; echo gi""ven-too`, /given-too/);
    await until('reached by both', async () => ({ done: (await isReached(own)) && (await isReached(other)), seen: '' }));
    await host.xcp('vif-param-set', `uuid=${vif}`, `ipv6-allowed=${own}`);
    await host.xcp('vif-param-set', `uuid=${vif}`, 'locking-mode=locked');
    await router.space.ip('neigh flush dev eth0');
    expect([await isReached(own), await isReached(other)]).toEqual([true, false]);
    // The router still tells it of the prefix, and its records still say so.
    expect((await seen(own, 0)()).done).toBe(true);
  }, 180_000);
});
