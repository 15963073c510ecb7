// A router on the rack's switch: gateway, DHCP server of both families, and the one who advertises IPv6 prefixes. dnsmasq in a namespace.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RackGuest } from './guest.ts';
import type { Rack } from './rack.ts';

export interface RouterSpec {
  readonly name: string;
  readonly mac: string;
  readonly tag?: number;
  /** First three parts of its IPv4 network: it is .1 there and gives away .100 to .150. */
  readonly ipv4: string;
  /** Prefix of its IPv6 network, without the last `::`; it is ::1 there. */
  readonly ipv6: string;
  readonly gives?: readonly ('dhcp' | 'slaac' | 'dhcp6')[];
}

export const makeRouter = async (rack: Rack, { name, mac, tag, ipv4, ipv6, gives = [] }: RouterSpec): Promise<RackGuest> => {
  const addresses = [`${ipv4}.1/24`, `${ipv6}::1/64`];
  const router = await rack.guest('tor', { name, mac, addresses, ...(tag !== undefined && { tag }) });
  await router.space.run('sh', ['-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding']);
  if (gives.length === 0) return router;
  const file = join(rack.folder, `${name}.conf`);
  const modes = [...(gives.includes('slaac') ? ['slaac'] : []), '64', '1h'];
  await writeFile(
    file,
    [
      'interface=eth0',
      'bind-interfaces',
      'port=0',
      'no-ping',
      'dhcp-authoritative',
      `dhcp-leasefile=${file}.leases`,
      `pid-file=${file}.pid`,
      ...(gives.includes('dhcp') ? [`dhcp-range=${ipv4}.100,${ipv4}.150,2m`, `dhcp-option=option:dns-server,${ipv4}.53`] : []),
      ...(gives.includes('dhcp6')
        ? [`dhcp-range=${ipv6}::1000,${ipv6}::1fff,${modes.join(',')}`, `dhcp-option=option6:dns-server,[${ipv6}::53]`]
        : []),
      ...(gives.includes('slaac') && !gives.includes('dhcp6') ? [`dhcp-range=${ipv6}::,ra-only,64,1h`] : []),
      ...(gives.includes('slaac') || gives.includes('dhcp6') ? ['enable-ra'] : []),
      '',
    ].join('\n'),
  );
  await router.space.run('dnsmasq', ['-C', file, '--no-resolv', '--no-hosts', '--conf-dir='], { outlives: true });
  return router;
};
