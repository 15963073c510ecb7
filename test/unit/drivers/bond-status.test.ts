// What a switch prints of its bonds becomes their status: texts of the real program, as it prints them now and as it did.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bondOf } from '../../../src/drivers/network/ovs/bond-status.ts';
import { parseBond, parseLacp, parseLacpStats } from '../../../src/drivers/network/ovs/bond-text.ts';
import { recorded, uplink, up } from './bond-texts.ts';

test('four members agree with their partner', () => {
  const status = bondOf(uplink(), recorded('negotiated'), up);
  expect(status).toMatchObject({ device: 'bond0', lacp: 'negotiated', fallback: false, mode: 'lacp' });
  expect(status.members.map(({ device, enabled, active }) => [device, enabled, active])).toEqual([
    ['eth0', true, true],
    ['eth1', true, false],
    ['eth2', true, false],
    ['eth3', true, false],
  ]);
  const { lacp } = status.members[2] ?? {};
  expect(lacp).toMatchObject({ state: 'current', attached: true });
  expect(lacp?.partner.systemId).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  expect(lacp?.partner.flags).toEqual(['timeout', 'aggregation', 'synchronized', 'collecting', 'distributing']);
  expect(lacp?.actor).toMatchObject({ key: 1, systemPriority: 65_534 });
  expect(lacp?.pdus?.received).toBeGreaterThan(0);
  expect(lacp?.pdus?.bad).toBe(0);
});

test('a partner that says nothing has no address, no key and no flags', () => {
  const status = bondOf(uplink(), recorded('no-partner'), up);
  expect(status).toMatchObject({ lacp: 'configured', fallback: false });
  for (const { enabled, lacp } of status.members) {
    expect(enabled).toBe(false);
    expect(lacp).toMatchObject({ state: 'defaulted', attached: false, partner: { systemId: '00:00:00:00:00:00', key: 0, flags: [] } });
  }
  const fallback = bondOf(uplink({ lacpFallback: true }), recorded('fallback'), up);
  expect(fallback).toMatchObject({ lacp: 'configured', fallback: true });
});

test('without LACP there is no partner', () => {
  for (const mode of ['balance-slb', 'active-backup'] as const) {
    const status = bondOf(uplink({ mode }), recorded(mode), up);
    expect(status).toMatchObject({ lacp: 'off', fallback: false, mode });
    expect(status.members.every(({ lacp }) => lacp === undefined)).toBe(true);
    expect(status.members.map(({ active }) => active)).toEqual([true, false, false, false]);
  }
});

test('carrier and speed are those of the links, not of the text', () => {
  const linkOf = (device: string) =>
    device === 'eth3' ? undefined : { device, carrier: device !== 'eth1', fullDuplex: true, ...(device === 'eth0' && { speedMbps: 1000 }) };
  const { members } = bondOf(uplink(), recorded('negotiated'), linkOf);
  expect(members.map(({ carrier, speedMbps }) => [carrier, speedMbps])).toEqual([
    [true, 1000],
    [false, undefined],
    [true, undefined],
    [false, undefined],
  ]);
});

/** As switches before 2.16 print it: other words, tabs, fewer lines. */
const asOld = (text: string): string =>
  text
    .replaceAll('member', 'slave')
    .replace(/^ +/gm, '\t')
    .split('\n')
    .filter(line => !/lb_output|all slaves|active-backup primary/.test(line))
    .join('\n');

describe.each(['negotiated', 'half', 'two-keys', 'two-down', 'fallback', 'balance-slb'])('%s', name => {
  test('is understood in the words of older switches too', () => {
    expect(bondOf(uplink(), recorded(name).map(asOld), up)).toEqual(bondOf(uplink(), recorded(name), up));
  });
});

test('the oldest switches only say whether LACP is negotiated', () => {
  const [shown = ''] = recorded('negotiated').map(asOld);
  expect(parseBond(shown.replace('lacp_status: negotiated', 'lacp_negotiated: true')).lacp).toBe('negotiated');
  expect(parseBond(shown.replace('lacp_status: negotiated', 'lacp_negotiated: false')).lacp).toBe('off');
});

test('a bond that the switch does not have has no member enabled', () => {
  const { members, lacp } = bondOf(uplink(), [], up);
  expect(lacp).toBe('configured');
  expect(members.map(({ enabled, lacp: partner }) => [enabled, partner])).toEqual(Array.from({ length: 4 }, () => [false, undefined]));
});

test('any text is taken without harm', () => {
  const whole = readFileSync(join(import.meta.dirname, '../../fixtures/ovs/bond-half.txt'), 'utf8');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat(whole.length).map(at => whole.slice(at)),
        fc.nat(whole.length).map(at => whole.slice(0, at)),
      ),
      text => {
        for (const { enabled } of parseBond(text).members.values()) expect(typeof enabled).toBe('boolean');
        for (const { partner } of parseLacp(text).values()) expect(Number.isSafeInteger(partner.key)).toBe(true);
        for (const { received } of parseLacpStats(text).values()) expect(received).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
