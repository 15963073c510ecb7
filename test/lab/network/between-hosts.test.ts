// Guests on two hosts reach each other over what a network may be: a VLAN, a VLAN on a bond, a GRE and a VXLAN tunnel, jumbo frames. And guests of
// one VLAN hear nothing of another's, whatever tags they put on themselves.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { allUsed, untilBond } from '../support/rack/bond-show.ts';
import { startFlows } from '../support/rack/flows.ts';
import { markedFrame } from '../support/rack/frame.ts';
import { RackedHosts, type Racked } from '../support/rack/hosts.ts';
import { rackLab } from '../support/rack/obstacles.ts';
import type { SimGuest } from '../support/rack/sim-guest.ts';
import { until } from '../support/rack/wait.ts';

const lab = await rackLab('Networks between hosts');

lab('networks between hosts', () => {
  let hosts: RackedHosts;
  let pair: readonly [Racked, Racked];
  let guests = 0;

  beforeAll(async () => {
    hosts = await RackedHosts.start({ hosts: ['aa', 'bb'] });
    pair = [hosts.get('aa'), hosts.get('bb')];
  }, 120_000);
  afterAll(() => hosts[Symbol.asyncDispose]());

  const networks = (name: string): Promise<readonly string[]> =>
    Promise.all(pair.map(host => host.xcp('network-create', `name-label=${name}`)));
  const pifOf = (host: Racked, device: string): Promise<string> => host.xcp('pif-list', `device=${device}`, 'VLAN=-1', '--minimal');

  /** One guest on each host. */
  const pairOn = async (uuids: readonly string[], net: number, mtu = 1500): Promise<readonly [SimGuest, SimGuest]> => {
    guests += 1;
    const number = guests;
    const [first, second] = await Promise.all(
      pair.map((host, i) => {
        const mac = `02:00:00:00:${(16 + number).toString(16)}:0${i + 1}`;
        const addresses = [`10.0.${net}.${i + 1}/24`, `fd00:${net}::${i + 1}/64`];
        return host.guest({ name: `g${number}`, network: uuids[i] ?? '', mac, addresses, mtu });
      }),
    );
    if (first === undefined || second === undefined) throw new Error('two guests were started');
    return [first, second];
  };

  /** Worst outage of flows between them, both families, once they have found each other. */
  const talk = async ([first, second]: readonly [SimGuest, SimGuest], net: number): Promise<void> => {
    const echo = await second.echo();
    for (const to of [`10.0.${net}.2`, `fd00:${net}::2`]) {
      await until(`an answer of ${to}`, async () => {
        const flows = await startFlows(first.space, { to, flows: 1, hz: 20 });
        await sleep(200);
        const { lost, sent } = await flows.stop();
        return { done: lost < sent, seen: `${lost} of ${sent} lost` };
      });
      const flows = await startFlows(first.space, { to, flows: 4, hz: 50 });
      await sleep(500);
      const { worstMs, sent, lost } = await flows.stop();
      expect(sent).toBeGreaterThan(50);
      expect(lost).toBeLessThan(sent / 2);
      expect(worstMs).toBeLessThan(300);
    }
    await echo.stop();
  };

  describe('VLANs', () => {
    let seven: readonly [SimGuest, SimGuest];
    let eight: readonly [SimGuest, SimGuest];

    beforeAll(async () => {
      for (const tag of [7, 8]) {
        const uuids = await networks(`vlan ${tag}`);
        await Promise.all(
          pair.map(async (host, i) =>
            host.xcp('vlan-create', `pif-uuid=${await pifOf(host, 'eth1')}`, `vlan=${tag}`, `network-uuid=${uuids[i]}`),
          ),
        );
        const guestsOf = await pairOn(uuids, tag);
        if (tag === 7) seven = guestsOf;
        else eight = guestsOf;
      }
    }, 120_000);

    test('guests of one VLAN on two hosts talk', async () => {
      await talk(seven, 7);
      await talk(eight, 8);
    });

    test('frames between the hosts bear the tag, and pass only where the switch lets the VLAN pass', async () => {
      const [aa] = pair;
      const tap = await hosts.rack.guest('tor', { name: 'tap', mac: '02:00:00:00:00:99' });
      await hosts.rack.torOvs.vsctl('set', 'port', 'tap', 'vlan_mode=trunk');
      const send = (): Promise<unknown> => seven[0].space.frames(['send', 'eth0'], [markedFrame({ from: seven[0].mac, mark: 'tagged' })]);
      const [wire, far] = [await tap.hear(['tagged']), await seven[1].space.hear(['tagged'])];
      await send();
      expect(await wire.all()).toEqual({ tagged: 7 });
      expect(await far.all()).toEqual({ tagged: null });
      await hosts.rack.partner(aa.host, { kind: 'plain', trunks: [8] });
      const deaf = await seven[1].space.hear(['tagged']);
      await send();
      await sleep(500);
      expect(await deaf.stop()).toEqual({});
      await hosts.rack.partner(aa.host, { kind: 'plain' });
      await tap.unplug();
    });

    test('no guest hears another VLAN or reaches it by a tag of its own', async () => {
      const marks = ['plain', 'tag-7', 'tag-8', 'tag-0'];
      const frames = [
        markedFrame({ from: seven[0].mac, mark: 'plain' }),
        ...[7, 8, 0].map(tag => markedFrame({ from: seven[0].mac, mark: `tag-${tag}`, tag })),
      ];
      const own = await seven[1].space.hear(['plain']);
      const others = await Promise.all([seven[1], ...eight].map((guest, i) => guest.space.hear(i === 0 ? marks.slice(1, 3) : marks)));
      await seven[0].space.frames(['send', 'eth0'], [...frames, ...frames.slice(0, 1)]);
      expect(await own.all()).toEqual({ plain: null });
      await sleep(300);
      expect(await Promise.all(others.map(ear => ear.stop()))).toEqual([{}, {}, {}]);
    });
  });

  test.each(['gre', 'vxlan'])('guests talk through a %s tunnel', async protocol => {
    const net = protocol === 'gre' ? 20 : 21;
    const uuids = await networks(`tunnel ${protocol}`);
    await Promise.all(
      pair.map(async (host, i) => {
        const made = ['tunnel-create', `pif-uuid=${await pifOf(host, 'eth0')}`, `network-uuid=${uuids[i]}`, `protocol=${protocol}`];
        const tunnel = await host.xcp('tunnel-list', `access-PIF=${await host.xcp(...made)}`, '--minimal');
        const remote = pair[1 - i]?.address ?? '';
        await host.xcp('tunnel-param-set', `uuid=${tunnel}`, `other-config:remote_ip=${remote}`, `other-config:key=${net}`);
      }),
    );
    await talk(await pairOn(uuids, net, 1400), net);
    const [aa] = pair;
    expect(await aa.xcp('network-show')).toContain(`tunnel ${protocol}`);
    const [own] = (await aa.xcp('network-param-get', `uuid=${uuids[0]}`, 'param-name=PIF-uuids')).split('; ');
    const status = (): Promise<string> => aa.xcp('tunnel-list', `access-PIF=${own}`, 'params=status', '--minimal');
    expect(await status()).toBe('active: true');
    const tunnel = await aa.xcp('tunnel-list', `access-PIF=${own}`, '--minimal');
    // Without another end there is nobody to reach.
    await aa.xcp('tunnel-param-set', `uuid=${tunnel}`, 'other-config:remote_ip=');
    await until('not active', async () => ({ done: (await status()) === 'active: false', seen: await status() }));
    await aa.xcp('tunnel-param-set', `uuid=${tunnel}`, `other-config:remote_ip=${pair[1]?.address ?? ''}`);
    await until('active again', async () => ({ done: (await status()) === 'active: true', seen: await status() }));
  });

  test('jumbo frames pass from guest to guest', async () => {
    for (const port of pair.flatMap(({ host }) => [host.ports[2] ?? '']))
      await hosts.rack.torOvs.vsctl('set', 'interface', port, 'mtu_request=9000');
    const uuids = await Promise.all(pair.map(host => host.xcp('network-list', 'bridge=xenbr2', '--minimal')));
    await Promise.all(
      pair.map(async (host, i) => {
        await host.xcp('network-param-set', `uuid=${uuids[i]}`, 'MTU=9000');
        const pif = await pifOf(host, 'eth2');
        await host.xcp('pif-unplug', `uuid=${pif}`);
        await host.xcp('pif-plug', `uuid=${pif}`);
      }),
    );
    const [first, second] = await pairOn(uuids, 30, 9000);
    const echo = await second.echo();
    // Two thousand bytes that must not be cut, and their way back.
    const script =
      "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.5); s.setsockopt(0, 10, 2); s.sendto(b'x' * 8000, ('10.0.30.2', 7)); print(len(s.recv(20000)))";
    await until('8000 bytes there and back', async () => {
      const seen = await first.space.run('python3', ['-c', script]).catch((error: unknown) => String(error));
      return { done: seen.trim() === '8000', seen };
    });
    await echo.stop();
  });

  test('guests of a VLAN talk over bonds that agree on LACP', async () => {
    const [bonded, tagged] = [await networks('bonded'), await networks('vlan 9')];
    await Promise.all(
      pair.map(async (host, i) => {
        const nics = await host.nics();
        const members = nics.slice(2).join(',');
        const bond = await host.xcp(
          'bond-create',
          `network-uuid=${bonded[i]}`,
          `pif-uuids=${members}`,
          'mode=lacp',
          'properties:lacp-time=fast',
        );
        await hosts.rack.partner(host.host, { kind: 'groups', groups: [[0], [1], [2, 3]], lacp: 'passive' });
        const master = await host.xcp('bond-param-get', `uuid=${bond}`, 'param-name=master');
        await host.xcp('vlan-create', `pif-uuid=${master}`, 'vlan=9', `network-uuid=${tagged[i]}`);
        await untilBond(host, 'LACP', shown => shown.lacp === 'negotiated' && allUsed(shown));
      }),
    );
    await talk(await pairOn(tagged, 9), 9);
  });
});
