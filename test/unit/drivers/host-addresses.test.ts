// From the kernel's state and the wished addresses to the lines for ip: what moves, what goes, in which order.

import { describe, expect, test } from '@jest/globals';
import type { HostIp } from '../../../src/drivers/network/desired.ts';
import { failuresOf } from '../../../src/drivers/network/host/ip-batch.ts';
import { type KernelView, parseKernelView } from '../../../src/drivers/network/host/kernel-view.ts';
import { parseLease } from '../../../src/drivers/network/host/lease.ts';
import { planAddresses } from '../../../src/drivers/network/host/plan.ts';
import { withNameServers } from '../../../src/drivers/network/host/resolv-conf.ts';
import type { AddressedLink, Leases } from '../../../src/drivers/network/host/wanted.ts';

type Addr = readonly [family: 'inet' | 'inet6', address: string, prefixLength: number, rest?: Readonly<Record<string, unknown>>];
interface Row {
  readonly dst: string;
  readonly dev: string;
  readonly [key: string]: unknown;
}

const viewOf = (
  links: Readonly<Record<string, readonly Addr[]>>,
  routes: readonly Row[] = [],
  switches: Readonly<Record<string, string>> = {},
): KernelView =>
  parseKernelView(
    JSON.stringify(
      Object.entries(links).map(([ifname, addresses]) => ({
        ifname,
        flags: ['UP'],
        mtu: 1500,
        address: '02:00:00:00:00:01',
        addr_info: addresses.map(([family, local, prefixlen, rest]) => ({
          family,
          local,
          prefixlen,
          scope: 'global',
          valid_life_time: 4294967295,
          preferred_life_time: 4294967295,
          ...rest,
        })),
      })),
    ),
    JSON.stringify(routes),
    new Map(Object.entries(switches)),
  );

const ip = (fields: Partial<HostIp> = {}): HostIp => ({
  ipv4: { kind: 'none' },
  ipv6: { kind: 'none' },
  dns: [],
  isManagement: true,
  ...fields,
});
const fixed = (address: string, gateway?: string): HostIp['ipv4'] => ({
  kind: 'static',
  address,
  prefixLength: 24,
  ...(gateway && { gateway }),
});
const linesOf = (view: KernelView, links: readonly AddressedLink[], released: readonly string[] = [], leases: Leases = new Map()) =>
  planAddresses(view, { links, released, leases }).lines.map(({ text }) => text);

const quiet = (device: string): Readonly<Record<string, string>> => ({
  [`ipv6/conf/${device}/disable_ipv6`]: '0',
  [`ipv6/conf/${device}/accept_ra`]: '0',
  [`ipv6/conf/${device}/accept_ra_defrtr`]: '1',
  [`ipv6/conf/${device}/autoconf`]: '0',
  [`ipv4/conf/${device}/promote_secondaries`]: '1',
  [`ipv4/conf/${device}/arp_ignore`]: '0',
  [`ipv4/conf/${device}/arp_notify`]: '1',
  [`ipv6/conf/${device}/ndisc_notify`]: '1',
});

describe('an address that moves from a NIC to its bridge', () => {
  const view = viewOf({ eth0: [['inet', '10.0.0.5', 24]], xenbr0: [] }, [
    { dst: 'default', gateway: '10.0.0.1', dev: 'eth0' },
    { dst: '172.16.0.0/12', gateway: '10.0.0.2', dev: 'eth0' },
    { dst: '10.0.0.0/24', dev: 'eth0', protocol: 'kernel' },
  ]);
  const link = { device: 'xenbr0', below: ['eth0'], ip: ip({ ipv4: fixed('10.0.0.5', '10.0.0.1') }) };

  test('is on the bridge before it goes from the NIC, and the routes follow', () => {
    expect(linesOf(view, [link])).toEqual([
      'address replace 10.0.0.5/24 broadcast + dev xenbr0',
      'address del 10.0.0.5/24 dev eth0',
      'route replace 172.16.0.0/12 via 10.0.0.2 dev xenbr0',
      'route replace default via 10.0.0.1 dev xenbr0',
      'route del default via 10.0.0.1 dev eth0',
    ]);
  });

  test('with DHCP what the system got by it stays until the client has an answer', () => {
    expect(linesOf(view, [{ ...link, ip: ip({ ipv4: { kind: 'dhcp' } }) }])).toEqual(linesOf(view, [link]));
  });

  test('the NIC answers for nothing any more', () => {
    expect(planAddresses(view, { links: [link], released: [], leases: new Map() }).after).toEqual([
      { path: 'ipv6/conf/eth0/disable_ipv6', value: '1' },
      { path: 'ipv4/conf/eth0/arp_ignore', value: '8' },
      { path: 'ipv4/conf/eth0/rp_filter', value: '1' },
    ]);
  });
});

test('a state that is reached gives an empty plan', () => {
  const view = viewOf(
    {
      xenbr0: [
        ['inet', '10.0.0.5', 24],
        ['inet6', 'fd00::5', 64],
        ['inet6', 'fe80::1', 64, { scope: 'link' }],
      ],
    },
    [
      { dst: 'default', gateway: '10.0.0.1', dev: 'xenbr0' },
      { dst: 'default', gateway: 'fd00::1', dev: 'xenbr0', metric: 1024, pref: 'medium' },
    ],
    quiet('xenbr0'),
  );
  const wanted = ip({
    ipv4: fixed('10.0.0.5', '10.0.0.1'),
    ipv6: { kind: 'static', address: 'fd00::5', prefixLength: 64, gateway: 'fd00::1' },
  });
  expect(planAddresses(view, { links: [{ device: 'xenbr0', below: [], ip: wanted }], released: [], leases: new Map() })).toEqual({
    before: [],
    lines: [],
    after: [],
  });
});

test('the kernel tells of another MAC address of the bridge', () => {
  const { [`ipv4/conf/xenbr0/arp_notify`]: _4, [`ipv6/conf/xenbr0/ndisc_notify`]: _6, ...others } = quiet('xenbr0');
  const view = viewOf({ xenbr0: [['inet', '10.0.0.5', 24]] }, [], others);
  const links = [{ device: 'xenbr0', below: [], ip: ip({ ipv4: fixed('10.0.0.5') }) }];
  expect(planAddresses(view, { links, released: [], leases: new Map() }).before).toEqual([
    { path: 'ipv4/conf/xenbr0/arp_notify', value: '1' },
    { path: 'ipv6/conf/xenbr0/ndisc_notify', value: '1' },
  ]);
});

describe('a new address in the subnet of the old one', () => {
  const view = viewOf({ xenbr0: [['inet', '10.0.0.5', 24]] });
  const link = (fields: Partial<HostIp>): AddressedLink => ({
    device: 'xenbr0',
    below: [],
    ip: ip({ ipv4: fixed('10.0.0.9'), ...fields }),
  });

  test('replaces it', () => {
    expect(linesOf(view, [link({})])).toEqual(['address replace 10.0.0.9/24 broadcast + dev xenbr0', 'address del 10.0.0.5/24 dev xenbr0']);
  });

  test('on trial: the old one stays, behind the new, so that the host speaks from the new', () => {
    expect(linesOf(view, [link({ leaving: [{ address: '10.0.0.5', prefixLength: 24 }] })])).toEqual([
      'address del 10.0.0.5/24 dev xenbr0',
      'address replace 10.0.0.9/24 broadcast + dev xenbr0',
      'address replace 10.0.0.5/24 broadcast + dev xenbr0',
    ]);
  });

  test('with another length: made again', () => {
    const other = viewOf({ xenbr0: [['inet', '10.0.0.9', 16]] });
    expect(linesOf(other, [link({})])).toEqual([
      'address del 10.0.0.9/16 dev xenbr0',
      'address replace 10.0.0.9/24 broadcast + dev xenbr0',
    ]);
  });
});

describe('gateways', () => {
  const storage = { device: 'xenbr1', below: [], ip: ip({ isManagement: false, ipv4: fixed('10.1.0.5', '10.1.0.1') }) };
  const management = { device: 'xenbr0', below: [], ip: ip({ ipv4: fixed('10.0.0.5', '10.0.0.1') }) };
  const view = viewOf({ xenbr0: [['inet', '10.0.0.5', 24]], xenbr1: [['inet', '10.1.0.5', 24]] }, [
    { dst: 'default', gateway: '10.1.0.1', dev: 'xenbr1' },
    { dst: 'default', gateway: '192.168.9.1', dev: 'docker0' },
  ]);

  test('that of the management is the host’s; others of ours go, those of links that are not ours stay', () => {
    expect(linesOf(view, [storage, management])).toEqual([
      'route replace default via 10.0.0.1 dev xenbr0',
      'route del default via 10.1.0.1 dev xenbr1',
    ]);
  });

  test('where the management has none, another link’s serves', () => {
    expect(linesOf(view, [storage, { ...management, ip: ip({ ipv4: fixed('10.0.0.5') }) }])).toEqual([]);
  });

  test('a lease brings the one it names', () => {
    const leases: Leases = new Map([
      ['xenbr0', { v4: { address: '10.0.0.7', prefixLength: 24, gateway: '10.0.0.254', dns: [], client: 9 } }],
    ]);
    expect(linesOf(view, [{ ...management, ip: ip({ ipv4: { kind: 'dhcp' } }) }], [], leases)).toEqual([
      'address replace 10.0.0.7/24 broadcast + dev xenbr0',
      'address del 10.0.0.5/24 dev xenbr0',
      'route replace default via 10.0.0.254 dev xenbr0',
    ]);
  });
});

describe('routes of the state', () => {
  const link = (routes: HostIp['routes']): AddressedLink => ({
    device: 'xenbr0',
    below: [],
    ip: ip({ ipv4: fixed('10.0.0.5'), ...(routes && { routes }) }),
  });
  const view = viewOf({ xenbr0: [['inet', '10.0.0.5', 24]] }, [
    { dst: '10.7.0.0/16', gateway: '10.0.0.2', dev: 'xenbr0', protocol: '120' },
    { dst: '10.8.0.0/16', gateway: '10.0.0.2', dev: 'xenbr0', protocol: 'static' },
  ]);

  test('are made; ours that are not in it go, an admin’s own stay', () => {
    expect(linesOf(view, [link([{ destination: '10.9.0.0/16', gateway: '10.0.0.3' }])])).toEqual([
      'route replace 10.9.0.0/16 via 10.0.0.3 dev xenbr0 proto 120',
      'route del 10.7.0.0/16 dev xenbr0 proto 120',
    ]);
  });

  test('are left alone when they are there', () => {
    expect(linesOf(view, [link([{ destination: '10.7.0.0/16', gateway: '10.0.0.2' }])])).toEqual([]);
  });
});

describe('IPv6', () => {
  const link = (ipv6: HostIp['ipv6']): AddressedLink => ({ device: 'xenbr0', below: ['eth0'], ip: ip({ ipv6 }) });

  test('autoconf starts anew on a link that is up, so that routers are asked; static addresses go', () => {
    const view = viewOf({ eth0: [], xenbr0: [['inet6', 'fd00::5', 64]] }, [], quiet('xenbr0'));
    const plan = planAddresses(view, { links: [link({ kind: 'autoconf' })], released: [], leases: new Map() });
    expect(
      plan.before.filter(({ path }) => path.startsWith('ipv6/conf/xenbr0/')).map(({ path, value }) => `${path.split('/')[3]}=${value}`),
    ).toEqual(['autoconf=1', 'accept_ra=2', 'disable_ipv6=1', 'disable_ipv6=0']);
    expect(plan.lines.map(({ text }) => text)).toEqual(['address del fd00::5/64 dev xenbr0']);
  });

  test('an address that a router gave the NIC goes along with the time it has left', () => {
    const dynamic = { dynamic: true, valid_life_time: 1000, preferred_life_time: 500 };
    const view = viewOf({ eth0: [['inet6', 'fd00::abc', 64, dynamic]], xenbr0: [] }, [], {
      ...quiet('xenbr0'),
      'ipv6/conf/xenbr0/accept_ra': '2',
    });
    expect(linesOf(view, [link({ kind: 'autoconf' })])[0]).toBe(
      'address replace fd00::abc/64 dev xenbr0 valid_lft 1000 preferred_lft 500 nodad',
    );
  });

  test('off: routers are not heard, what they gave goes, the link’s own address stays', () => {
    const view = viewOf(
      {
        xenbr0: [
          ['inet6', 'fd00::abc', 64, { dynamic: true, valid_life_time: 1000 }],
          ['inet6', 'fe80::1', 64, { scope: 'link' }],
        ],
        eth0: [],
      },
      [],
      { ...quiet('xenbr0'), 'ipv6/conf/xenbr0/accept_ra': '2', 'ipv6/conf/xenbr0/autoconf': '1' },
    );
    const plan = planAddresses(view, { links: [link({ kind: 'none' })], released: [], leases: new Map() });
    expect(plan.before).toContainEqual({ path: 'ipv6/conf/xenbr0/accept_ra', value: '0' });
    expect(plan.lines.map(({ text }) => text)).toEqual(['address del fd00::abc/64 dev xenbr0']);
  });
});

test('a link that shall have no addresses any more loses ours, and its NIC may speak again', () => {
  const view = viewOf({ eth1: [['inet', '10.3.0.1', 24]] }, [{ dst: 'default', gateway: '10.3.0.9', dev: 'eth1' }], {
    'ipv4/conf/eth1/arp_ignore': '8',
    'ipv4/conf/eth1/rp_filter': '1',
    'ipv6/conf/eth1/disable_ipv6': '1',
  });
  const plan = planAddresses(view, { links: [], released: ['eth1', 'gone0'], leases: new Map() });
  expect(plan.lines.map(({ text }) => text)).toEqual(['address del 10.3.0.1/24 dev eth1', 'route del default via 10.3.0.9 dev eth1']);
  expect(plan.after.map(({ path, value }) => `${path}=${value}`)).toEqual([
    'ipv6/conf/eth1/disable_ipv6=0',
    'ipv4/conf/eth1/arp_ignore=0',
    'ipv4/conf/eth1/rp_filter=0',
  ]);
});

test('what ip says of a failed line is told with that line', () => {
  const stderr =
    'RTNETLINK answers: No such process\nCommand failed -:2\nError: Nexthop has invalid gateway.\nCommand failed -:5\nCommand failed -:7\n';
  expect([...failuresOf(stderr)]).toEqual([
    [2, 'No such process'],
    [5, 'Nexthop has invalid gateway.'],
    [7, 'it gave no reason'],
  ]);
});

describe('a lease', () => {
  const text = 'address=10.0.0.7\nprefix=24\ngateway=10.0.0.1\ndns=10.0.0.2, 10.0.0.3\nclient=77\nend=yes\n';

  test('is read', () => {
    expect(parseLease(text)).toEqual({
      address: '10.0.0.7',
      prefixLength: 24,
      gateway: '10.0.0.1',
      dns: ['10.0.0.2', '10.0.0.3'],
      client: 77,
    });
  });

  test.each(['', text.slice(0, 40), text.replace('10.0.0.7', 'x'), text.replace('prefix=24', 'prefix=')])(
    'that is cut short or garbled is none: %j',
    cut => {
      expect(parseLease(cut)).toBeUndefined();
    },
  );
});

test('name servers replace those of the file; its options stay', () => {
  const text = withNameServers('search lab.example\noptions timeout:1\nnameserver 1.1.1.1\n', ['10.0.0.2', 'fd00::2']);
  expect(text.split('\n').slice(1)).toEqual(['search lab.example', 'options timeout:1', 'nameserver 10.0.0.2', 'nameserver fd00::2', '']);
  expect(withNameServers(text, ['10.0.0.2', 'fd00::2'])).toBe(text);
});
