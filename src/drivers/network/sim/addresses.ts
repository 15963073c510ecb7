// The addresses of a simulated host: those that its state names. Nobody there gives others.

import type { HostedNetwork } from '../desired.ts';
import type { HostAddressStatus } from '../status.ts';

export const simulatedAddresses = ({ bridge, ip }: HostedNetwork): readonly HostAddressStatus[] => {
  if (ip === undefined) return [];
  const { ipv4, ipv6, leaving = [] } = ip;
  const named = (config: typeof ipv4 | typeof ipv6): HostAddressStatus['ipv4'] =>
    config.kind === 'static' ? [{ address: config.address, prefixLength: config.prefixLength }] : [];
  const isIpv6 = (address: string): boolean => address.includes(':');
  return [
    {
      bridge,
      ipv4: [...named(ipv4), ...leaving.filter(({ address }) => !isIpv6(address))],
      ipv6: [...named(ipv6), ...leaving.filter(({ address }) => isIpv6(address))],
      ...(ipv4.kind === 'static' && ipv4.gateway !== undefined && { ipv4Gateway: ipv4.gateway }),
      ...(ipv6.kind === 'static' && ipv6.gateway !== undefined && { ipv6Gateway: ipv6.gateway }),
      dns: ip.dns,
    },
  ];
};
