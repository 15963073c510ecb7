// The addresses that a PIF's record gives to the host itself.

import type { HostAddress, HostIp, HostRoute, Ipv4Config, Ipv6Config } from '../../drivers/network.ts';
import type { RecordOf } from '../../model/index.ts';

type Pif = RecordOf<'PIF'>;

/** 255.255.255.0 → 24. */
export const prefixOfNetmask = (netmask: string): number =>
  netmask
    .split('.')
    .map(part => (Number(part) >>> 0).toString(2).replaceAll('0', '').length)
    .reduce((sum, bits) => sum + bits, 0);

const ipv4Of = (pif: Pif): Ipv4Config => {
  switch (pif.ip_configuration_mode) {
    case 'None':
      return { kind: 'none' };
    case 'DHCP':
      return { kind: 'dhcp' };
    case 'Static':
      return {
        kind: 'static',
        address: pif.IP,
        prefixLength: prefixOfNetmask(pif.netmask),
        ...(pif.gateway !== '' && { gateway: pif.gateway }),
      };
    default:
      return pif.ip_configuration_mode satisfies never;
  }
};

const ipv6Of = (pif: Pif): Ipv6Config => {
  switch (pif.ipv6_configuration_mode) {
    case 'None':
      return { kind: 'none' };
    case 'DHCP':
      return { kind: 'dhcp' };
    case 'Autoconf':
      return { kind: 'autoconf' };
    case 'Static': {
      const [address = '', prefix = '64'] = (pif.IPv6[0] ?? '').split('/');
      if (address === '') return { kind: 'none' };
      return { kind: 'static', address, prefixLength: Number(prefix), ...(pif.ipv6_gateway !== '' && { gateway: pif.ipv6_gateway }) };
    }
    default:
      return pif.ipv6_configuration_mode satisfies never;
  }
};

interface More {
  /** Addresses that stay on the network until a trial has ended. */
  readonly leaving?: readonly HostAddress[] | undefined;
  readonly routes?: readonly HostRoute[];
}

/** Undefined for an interface on which the host has no addresses. */
export const hostIp = (pif: Pif, { leaving = [], routes = [] }: More = {}): HostIp | undefined => {
  const [ipv4, ipv6] = [ipv4Of(pif), ipv6Of(pif)];
  if (ipv4.kind === 'none' && ipv6.kind === 'none' && !pif.management) return undefined;
  // Else the record has what others gave.
  const hasOwnDns = ipv4.kind === 'static' || ipv6.kind === 'static';
  const dns = pif.DNS.split(',')
    .map(server => server.trim())
    .filter(server => server !== '' && hasOwnDns);
  return {
    ipv4,
    ipv6,
    dns,
    isManagement: pif.management,
    ...(routes.length > 0 && { routes }),
    ...(leaving.length > 0 && { leaving }),
  };
};

/** The addresses that the record shows, given or got. */
export const addressesOfPif = (pif: Pif): readonly HostAddress[] => [
  ...(pif.IP === '' ? [] : [{ address: pif.IP, prefixLength: prefixOfNetmask(pif.netmask) }]),
  ...pif.IPv6.flatMap(text => {
    const [address = '', prefixLength = '64'] = text.split('/');
    return address === '' ? [] : [{ address, prefixLength: Number(prefixLength) }];
  }),
];
