// The words of a reset of the network, the files that it reads and writes, and what it makes of the records.

import { describe, expect, test } from '@jest/globals';
import { mergeSettings, parseResetWords } from '../../../src/hostd/network-reset/words.ts';
import { SettingsError } from '../../../src/hostd/settings.ts';
import {
  managementConf,
  networkReset,
  type NetworkSettings,
  parseSettings,
  resetFiles,
  wrongWith,
} from '../../../src/ops/network/reset/settings.ts';

const stored: NetworkSettings = {
  device: 'eth0',
  mode: 'static',
  modeV6: 'static',
  vlan: 7,
  ip: '10.0.0.5',
  netmask: '255.255.255.0',
  gateway: '10.0.0.1',
  ipv6: 'fd00::5/64',
  gatewayV6: 'fd00::1',
  dns: ['10.0.0.53', 'fd00::53'],
};

describe('the files', () => {
  test('of the installation', () => {
    expect(managementConf(stored)).toBe(
      "LABEL='eth0'\nMODE='static'\nMODEV6='static'\nVLAN='7'\nIP='10.0.0.5'\nNETMASK='255.255.255.0'\nGATEWAY='10.0.0.1'\n" +
        "IPv6='fd00::5/64'\nIPv6_GATEWAY='fd00::1'\nDNS='10.0.0.53,fd00::53'\n",
    );
  });

  test('of the reset', () => {
    expect(networkReset({ ...stored, mode: 'dhcp', modeV6: 'none', dns: [] })).toBe('DEVICE=eth0\nMODE=dhcp\nMODE_V6=none\nVLAN=7\n');
  });

  test.each([managementConf, networkReset])('are read as they were written: %p', write =>
    expect(parseSettings(write(stored))).toEqual(stored),
  );

  test('without a device there is nothing to go back to', () => expect(parseSettings("MODE='dhcp'\n")).toBeUndefined());

  test('are where installers of such hosts have them, for the machine’s own host alone', () => {
    expect(resetFiles('/var/lib/xcp')).toEqual({ firstBoot: '/etc/firstboot.d/data/management.conf', reset: '/var/tmp/network-reset' });
    expect(resetFiles('/tmp/x')).toEqual({ firstBoot: '/tmp/x/firstboot/management.conf', reset: '/tmp/x/network-reset' });
  });
});

describe('the words', () => {
  const merged = (...argv: readonly string[]) => mergeSettings(stored, parseResetWords(argv));

  test('go over what is stored', () => {
    expect(merged()).toEqual(stored);
    expect(merged('--device', 'eth1', '--mode=dhcp', '--novlan')).toMatchObject({ device: 'eth1', mode: 'dhcp', modeV6: 'static' });
    expect(merged('--novlan')?.vlan).toBeUndefined();
    expect(merged('--vlan=0')?.vlan).toBeUndefined();
    expect(merged('--vlan=4094')?.vlan).toBe(4094);
  });

  test('may be written as those of other commands', () => {
    const words = ['device=eth1', 'mode=dhcp', '--mode-v6=none', 'novlan=true', 'yes=true', 'keep-interface-name-rules=false'];
    const parsed = parseResetWords(words);
    expect(parsed).toMatchObject({ isSure: true, noVlan: true, keepsNames: false });
    expect(mergeSettings(stored, parsed)).toMatchObject({ device: 'eth1', mode: 'dhcp', modeV6: 'none' });
    expect(parseResetWords(['--state-dir', 'mode=dhcp']).stateDir).toBe('mode=dhcp');
  });

  test('an address stands for a static one', () => {
    const none = mergeSettings(undefined, parseResetWords(['--device=eth0', '--ip=10.0.0.9', '--netmask=255.0.0.0', '--ipv6=fd00::9/64']));
    expect(none).toMatchObject({ mode: 'static', modeV6: 'static', ip: '10.0.0.9' });
  });

  test('without a device, stored or given, there is nothing', () => expect(mergeSettings(undefined, parseResetWords([]))).toBeUndefined());

  test.each([
    [['--mode=fixed'], /--mode: 'fixed' is not one of none, dhcp, static/],
    [['--mode-v6=slaac'], /--mode-v6: 'slaac'/],
    [['--vlan=4095'], /0 to 4094, not '4095'/],
    [['--vlan=x'], /not 'x'/],
    [['--vlan=5', '--novlan'], /contradict/],
    [['--speed=fast'], /Unknown option '--speed'/],
    [['eth0'], /eth0/],
    [['speed=fast'], /speed=fast/],
    [['yes=perhaps'], /--yes is true or false, not 'perhaps'/],
  ])('%j is refused', (argv, message) => {
    expect(() => parseResetWords(argv)).toThrow(message);
    expect(() => parseResetWords(argv)).toThrow(SettingsError);
  });

  test('-m and --keep-interface-name-rules are known', () =>
    expect(parseResetWords(['-m', '10.0.0.1', '--keep-interface-name-rules'])).toMatchObject({ master: '10.0.0.1', keepsNames: true }));
});

test.each<readonly [Partial<NetworkSettings>, RegExp | undefined]>([
  [{}, undefined],
  [{ mode: 'none', modeV6: 'none' }, /neither/],
  [{ ip: '' }, /needs --ip/],
  [{ ip: '10.0.0' }, /'10\.0\.0' is no IPv4 address/],
  [{ netmask: '' }, /needs --netmask/],
  [{ gateway: 'router' }, /--gateway/],
  [{ ipv6: 'fd00::5' }, /ADDRESS\/LENGTH/],
  [{ gatewayV6: '10.0.0.1' }, /--gateway-v6/],
  [{ dns: ['dns.example'] }, /name server/],
  [{ device: 'a device' }, /no name of a device/],
  [{ vlan: 4095 }, /4095/],
])('%j: what is wrong is said', (fields, message) => {
  const wrong = wrongWith({ ...stored, ...fields });
  if (message === undefined) expect(wrong).toBeUndefined();
  else expect(wrong).toMatch(message);
});
