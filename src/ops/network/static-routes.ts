// Further ways of the host through a network: `other_config:static-routes` of the network, as admins of such hosts write them:
//
//   172.16.0.0/15/192.168.0.3,fd07::/64/fd00::3     destination, length of its prefix, gateway; a comma between two
//
// What cannot be a route is left out here: the field may hold anything, and one wrong word must not take the host's addresses away. Pure.

import { isIPv4, isIPv6 } from 'node:net';
import type { HostRoute } from '../../drivers/network.ts';

const routeOf = (word: string): HostRoute | undefined => {
  const [destination = '', length = '', gateway = '', ...more] = word.trim().split('/');
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : -1;
  const isV4 = isIPv4(destination) && isIPv4(gateway) && bits >= 0 && bits <= 32;
  const isV6 = isIPv6(destination) && isIPv6(gateway) && bits >= 0 && bits <= 128;
  // A way to everywhere is the gateway of the interface, not one of these.
  if (more.length > 0 || bits === 0 || !(isV4 || isV6)) return undefined;
  return isV4
    ? { destination: `${destination}/${bits}`, gateway }
    : { destination: `${shortest(destination)}/${bits}`, gateway: shortest(gateway) };
};

/** As the kernel writes an IPv6 address. */
const shortest = (address: string): string => new URL(`http://[${address}]/`).hostname.slice(1, -1);

export const staticRoutes = (text = ''): readonly HostRoute[] =>
  text
    .split(',')
    .map(routeOf)
    .filter(route => route !== undefined);
