// How the host was reached when it was installed, and how a reset of the network makes it reachable again: two small files of NAME='value'
// lines, where installers and admins of such hosts look for them. Pure, but for `resetFiles`.

import { isIPv4, isIPv6 } from 'node:net';
import { join } from 'node:path';

export interface NetworkSettings {
  readonly device: string;
  readonly mode: 'none' | 'dhcp' | 'static';
  readonly modeV6: 'none' | 'dhcp' | 'autoconf' | 'static';
  /** 1 to 4094; left out: untagged. */
  readonly vlan?: number;
  readonly ip: string;
  readonly netmask: string;
  readonly gateway: string;
  /** With its prefix length. */
  readonly ipv6: string;
  readonly gatewayV6: string;
  readonly dns: readonly string[];
}

export interface ResetFiles {
  /** From the installation, or written at the first start. */
  readonly firstBoot: string;
  /** There: the next start resets the records by it. */
  readonly reset: string;
}

const SYSTEM_STATE_DIR = '/var/lib/xcp';

/** Only the machine's own host has the well-known places. */
export const resetFiles = (stateDir: string): ResetFiles =>
  stateDir === SYSTEM_STATE_DIR
    ? { firstBoot: '/etc/firstboot.d/data/management.conf', reset: '/var/tmp/network-reset' }
    : { firstBoot: join(stateDir, 'firstboot', 'management.conf'), reset: join(stateDir, 'network-reset') };

const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
const lines = (pairs: readonly (readonly [string, string])[], quote: (value: string) => string): string =>
  pairs.map(([name, value]) => `${name}=${quote(value)}\n`).join('');

export const managementConf = (settings: NetworkSettings): string => {
  const { device, mode, modeV6, vlan, ip, netmask, gateway, ipv6, gatewayV6, dns } = settings;
  return lines(
    [
      ['LABEL', device],
      ['MODE', mode],
      ['MODEV6', modeV6],
      ...(vlan === undefined ? [] : [['VLAN', String(vlan)] as const]),
      ...(mode === 'static'
        ? ([
            ['IP', ip],
            ['NETMASK', netmask],
            ['GATEWAY', gateway],
          ] as const)
        : []),
      ...(modeV6 === 'static'
        ? ([
            ['IPv6', ipv6],
            ['IPv6_GATEWAY', gatewayV6],
          ] as const)
        : []),
      ...(dns.length === 0 ? [] : [['DNS', dns.join(',')] as const]),
    ],
    quoted,
  );
};

export const networkReset = (settings: NetworkSettings): string => {
  const { device, mode, modeV6, vlan, ip, netmask, gateway, ipv6, gatewayV6, dns } = settings;
  return lines(
    [
      ['DEVICE', device],
      ['MODE', mode],
      ['MODE_V6', modeV6],
      ...(vlan === undefined ? [] : [['VLAN', String(vlan)] as const]),
      ...(mode === 'static'
        ? ([
            ['IP', ip],
            ['NETMASK', netmask],
            ['GATEWAY', gateway],
          ] as const)
        : []),
      ...(modeV6 === 'static'
        ? ([
            ['IPV6', ipv6],
            ['GATEWAY_V6', gatewayV6],
          ] as const)
        : []),
      ...(dns.length === 0 ? [] : [['DNS', dns.join(',')] as const]),
    ],
    value => value,
  );
};

const unquoted = (text: string): string =>
  text
    .trim()
    .replace(/^'(.*)'$/s, '$1')
    .replace(/^"(.*)"$/s, '$1')
    .replaceAll(`'\\''`, "'");

/** Of either file. Undefined where no device is named. */
export const parseSettings = (text: string): NetworkSettings | undefined => {
  const values = new Map(
    text.split('\n').flatMap(line => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at).trim().toUpperCase(), unquoted(line.slice(at + 1))] as const];
    }),
  );
  const value = (...names: readonly string[]): string => names.map(name => values.get(name)).find(found => found !== undefined) ?? '';
  const device = value('DEVICE', 'LABEL');
  if (device === '') return undefined;
  const vlan = Number(value('VLAN'));
  return {
    device,
    mode: (['dhcp', 'static'] as const).find(mode => mode === value('MODE').toLowerCase()) ?? 'none',
    modeV6: (['dhcp', 'autoconf', 'static'] as const).find(mode => mode === value('MODE_V6', 'MODEV6').toLowerCase()) ?? 'none',
    ...(vlan > 0 && { vlan }),
    ip: value('IP'),
    netmask: value('NETMASK'),
    gateway: value('GATEWAY'),
    ipv6: value('IPV6'),
    gatewayV6: value('GATEWAY_V6', 'IPV6_GATEWAY'),
    dns: value('DNS')
      .split(/[\s,]+/)
      .filter(server => server !== ''),
  };
};

/** What is wrong with them, in words; undefined when a host can be reached by them. */
export const wrongWith = (settings: NetworkSettings): string | undefined => {
  const { device, mode, modeV6, vlan, ip, netmask, gateway, ipv6, gatewayV6, dns } = settings;
  if (!/^[\w.:-]{1,15}$/.test(device)) return `'${device}' is no name of a device`;
  if (vlan !== undefined && !(Number.isInteger(vlan) && vlan >= 1 && vlan <= 4094)) return `a VLAN is a number from 0 to 4094, not ${vlan}`;
  if (mode === 'none' && modeV6 === 'none') return 'with neither IPv4 nor IPv6 the host could not be reached: give --mode or --mode-v6';
  if (mode === 'static') {
    if (!isIPv4(ip)) return ip === '' ? 'a static address needs --ip' : `'${ip}' is no IPv4 address`;
    if (!isIPv4(netmask)) return netmask === '' ? 'a static address needs --netmask' : `'${netmask}' is no netmask`;
    if (gateway !== '' && !isIPv4(gateway)) return `'${gateway}' is no IPv4 address: --gateway`;
  }
  if (modeV6 === 'static') {
    const [address = '', length = ''] = ipv6.split('/');
    if (!isIPv6(address) || !/^\d{1,3}$/.test(length) || Number(length) > 128)
      return `a static IPv6 address needs --ipv6 as ADDRESS/LENGTH${ipv6 === '' ? '' : `, not '${ipv6}'`}`;
    if (gatewayV6 !== '' && !isIPv6(gatewayV6)) return `'${gatewayV6}' is no IPv6 address: --gateway-v6`;
  }
  const bad = dns.find(server => !isIPv4(server) && !isIPv6(server));
  return bad === undefined ? undefined : `'${bad}' is no address of a name server`;
};
