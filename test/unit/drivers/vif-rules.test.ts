// The rules of locked VIFs, without a switch: who a VIF is, what it is allowed, and how one set becomes another.

import { describe, expect, test } from '@jest/globals';
import { changeBundle, wholeBundle } from '../../../src/drivers/network/ovs/flows/bundle.ts';
import { identityOf, ipv6Bytes, linkLocalOf } from '../../../src/drivers/network/ovs/flows/identity.ts';
import { commonCookie, commonRules, cookieOf, type GuardedPort, rulesOf } from '../../../src/drivers/network/ovs/flows/rules.ts';

const mac = '02:00:00:00:0A:01';
const guarded = (more: Partial<GuardedPort> = {}): GuardedPort => ({
  vifId: 'vif',
  mode: 'locked',
  identity: identityOf(mac, ['10.0.0.1'], ['fd00::1']),
  tap: 5,
  door: 6,
  ...more,
});

describe('an identity', () => {
  test.each([
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['fd00::1', [0xfd00, 0, 0, 0, 0, 0, 0, 1]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['2001:DB8::', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]],
    ['::ffff:10.1.2.3', [0, 0, 0, 0, 0, 0xffff, 0x0a01, 0x0203]],
  ])('reads %s', (text, words) => {
    expect(ipv6Bytes(text)).toEqual(words.flatMap(word => [word >> 8, word & 0xff]));
  });

  test('has the link-local address of its MAC, where it has IPv6 at all', () => {
    expect(linkLocalOf(mac)).toBe('fe80:0:0:0:0:ff:fe00:a01');
    expect(identityOf(mac, [], ['fd00::1']).ipv6).toContain('fe80:0:0:0:0:ff:fe00:a01');
    expect(identityOf(mac, ['10.0.0.1'], []).ipv6).toEqual([]);
  });

  test('has each address once, however it was written', () => {
    expect(identityOf(mac, ['10.0.0.1', '10.0.0.1'], ['FD00::1', 'fd00:0::1', 'fd00::0001']).ipv6).toEqual([
      'fd00:0:0:0:0:0:0:1',
      'fe80:0:0:0:0:ff:fe00:a01',
    ]);
  });

  test.each(['0.0.0.0', '255.255.255.255', '224.0.0.1', '10.0.0', 'name', '10.0.0.1/24', '1.2.3.4,actions=normal'])(
    'is not %s, which is no address of a host',
    text => {
      expect(identityOf(mac, [text], []).ipv4).toEqual([]);
    },
  );

  test.each(['::', 'ff02::1', 'fe80::1%eth0', '10.0.0.1', 'fd00::1/64', ''])('is not %s, which is no IPv6 address of a host', text => {
    expect(identityOf(mac, [], [text]).ipv6).toEqual([]);
  });
});

describe('rules', () => {
  test('are none for a VIF that is disabled, or has no address', () => {
    expect(rulesOf(guarded({ mode: 'disabled' }))).toEqual([]);
    expect(rulesOf(guarded({ identity: identityOf(mac, [], []) }))).toEqual([]);
  });

  test('only take frames from its own port with its own MAC, and put them out at its own', () => {
    for (const { table, match, actions, cookie } of rulesOf(guarded())) {
      expect(cookie).toBe(cookieOf('vif'));
      expect(match).toMatch(/^in_port=[56],/);
      expect(actions).toMatch(/^(output:[56]|load:6->NXM_NX_REG0\[\],resubmit\(,[12]\))$/);
      if (match.startsWith('in_port=5,') && table === 0) expect(match).toContain(`vlan_tci=0x0000,dl_src=${mac.toLowerCase()},`);
      if (match.startsWith('in_port=6,')) expect(actions).toBe('output:5');
    }
  });

  test('name no address that is not listed, but its own link-local one and none', () => {
    const named = rulesOf(guarded()).flatMap(({ match }) => /(?:nw_src|arp_spa|ipv6_src|nd_target)=([^,]+)/.exec(match)?.[1] ?? []);
    expect([...new Set(named)].toSorted()).toEqual(['0.0.0.0', '10.0.0.1', '::', 'fd00:0:0:0:0:0:0:1', 'fe80:0:0:0:0:ff:fe00:a01']);
  });

  test('of one family do not speak of the other', () => {
    const only4 = rulesOf(guarded({ identity: identityOf(mac, ['10.0.0.1'], []) }));
    expect(only4.filter(({ match }) => /ipv6|icmp6/.test(match))).toEqual([]);
    const only6 = rulesOf(guarded({ identity: identityOf(mac, [], ['fd00::1']) }));
    expect(only6.filter(({ match }) => /,ip,|,arp,|,udp,/.test(match))).toEqual([]);
  });

  test('that all share end in what is dropped by default', () => {
    expect(commonRules.every(({ cookie }) => cookie === commonCookie)).toBe(true);
    expect(commonRules.filter(({ table, match }) => table === 0 && match === '')).toMatchObject([{ priority: 0, actions: 'drop' }]);
  });
});

describe('bundles', () => {
  const a = guarded({ vifId: 'a', tap: 1, door: 2 });
  const b = guarded({ vifId: 'b', tap: 3, door: 4 });
  const set = (...ports: readonly GuardedPort[]): ReadonlyMap<string, GuardedPort> => new Map(ports.map(port => [port.vifId, port]));

  test('of the whole begin by deleting all', () => {
    const [first, ...others] = wholeBundle(set(a, b));
    expect(first).toBe('delete');
    expect(others).toHaveLength(commonRules.length + rulesOf(a).length + rulesOf(b).length);
  });

  test('of no change are empty', () => {
    expect(changeBundle(set(a, b), set(a, b))).toEqual([]);
    expect(changeBundle(set(), set())).toEqual([]);
  });

  test('delete the cookie and the ports of who leaves, and of nobody else', () => {
    expect(changeBundle(set(a, b), set(b))).toEqual([`delete cookie=${cookieOf('a')}/-1`, 'delete in_port=1', 'delete in_port=2']);
  });

  test('delete before they add, also the numbers that change hands', () => {
    const moved = { ...b, tap: 1, door: 2 };
    const lines = changeBundle(set(a, b), set(moved));
    const firstAdd = lines.findIndex(line => line.startsWith('add '));
    expect(lines.slice(firstAdd).every(line => line.startsWith('add '))).toBe(true);
    for (const number of [1, 2, 3, 4]) expect(lines.slice(0, firstAdd)).toContain(`delete in_port=${number}`);
    expect(lines.slice(firstAdd)).toHaveLength(rulesOf(moved).length);
  });
});
