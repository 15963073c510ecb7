// How the addresses that a NIC has came about: an address with an end was given, by DHCP or by a router. Pure. Addresses of the link alone are
// nobody's setting.

import type { PhysicalInterface } from '../../network.ts';
import type { KernelView } from './kernel-view.ts';
import { sharedAddresses } from './wanted.ts';

/** `carriers`: the device that has a NIC's addresses in its place. */
export const withOrigins = (
  interfaces: readonly PhysicalInterface[],
  view: KernelView,
  carriers: ReadonlyMap<string, string>,
): readonly PhysicalInterface[] =>
  interfaces.map(port => {
    const carrier = carriers.get(port.device) ?? port.device;
    const [ipv4, ipv6] = [sharedAddresses(view, carrier, 4), sharedAddresses(view, carrier, 6)];
    const route = view.routes.find(each => each.family === 6 && each.device === carrier && each.destination === 'default');
    const fixed = ipv6.filter(({ dynamic }) => !dynamic);
    const shown = fixed.length > 0 ? fixed : ipv6;
    return {
      ...port,
      ipv6: shown.map(({ address, prefixLength }) => ({ address, prefixLength })),
      given: { ipv4: ipv4.some(({ dynamic }) => dynamic) ? 'dhcp' : 'static', ipv6: fixed.length === 0 ? 'autoconf' : 'static' },
      ...(port.management && route?.gateway !== undefined && route.protocol !== 'ra' && { ipv6Gateway: route.gateway }),
    };
  });
