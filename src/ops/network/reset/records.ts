// What a reset of the network makes of the records: bonds, VLANs and tunnels of the host go, its physical interfaces stay with their
// networks, and one of them carries the management as the settings say. Networks, and the guests' VIFs on them, stay as they are.

import type { Ref } from '../../../lib/brand.ts';
import { isNullRef, nullRef } from '../../../lib/brand.ts';
import type { Reader, Tx } from '../../../db/db.ts';
import { XenError } from '../../../model/error.ts';
import type { RecordOf } from '../../../model/index.ts';
import { insertVirtualPif } from '../../pif/rules.ts';
import type { NetworkSettings } from './settings.ts';

const NO_MAC = 'fe:ff:ff:ff:ff:ff';

const noAddresses: Partial<RecordOf<'PIF'>> = {
  management: false,
  disallow_unplug: false,
  ip_configuration_mode: 'None',
  IP: '',
  netmask: '',
  gateway: '',
  DNS: '',
  ipv6_configuration_mode: 'None',
  IPv6: [],
  ipv6_gateway: '',
};

const addresses = ({ mode, modeV6, ip, netmask, gateway, ipv6, gatewayV6, dns }: NetworkSettings): Partial<RecordOf<'PIF'>> => ({
  management: true,
  disallow_unplug: true,
  currently_attached: true,
  managed: true,
  ip_configuration_mode: ({ none: 'None', dhcp: 'DHCP', static: 'Static' } as const)[mode],
  ...(mode === 'static' && { IP: ip, netmask, gateway }),
  ipv6_configuration_mode: ({ none: 'None', dhcp: 'DHCP', autoconf: 'Autoconf', static: 'Static' } as const)[modeV6],
  ...(modeV6 === 'static' && { IPv6: [ipv6], ipv6_gateway: gatewayV6 }),
  ...((mode === 'static' || modeV6 === 'static') && { DNS: dns.join(',') }),
  primary_address_type: mode === 'none' ? 'IPv6' : 'IPv4',
});

const pifsOf = (db: Reader, host: Ref<'host'>): readonly (readonly [Ref<'PIF'>, RecordOf<'PIF'>])[] =>
  db.referrers('PIF', 'host', host).map(ref => [ref, db.need('PIF', ref)] as const);

/** In words, each with the network that loses its way out. */
export const whatGoes = (db: Reader, host: Ref<'host'>): readonly string[] =>
  pifsOf(db, host).flatMap(([, pif]) => {
    const name = db.get('network', pif.network)?.name_label ?? 'no network';
    const on = `(network '${name}' stays, with its guests, and without a way out)`;
    const [bond] = pif.bond_master_of;
    if (bond !== undefined) {
      const members = db.need('Bond', bond).slaves.map(ref => db.get('PIF', ref)?.device ?? '?');
      return [`${pif.device} of ${members.join(', ')} ${on}`];
    }
    if (!isNullRef(pif.VLAN_master_of)) return [`VLAN ${pif.VLAN} on ${pif.device} ${on}`];
    return pif.tunnel_access_PIF_of.length > 0 ? [`${pif.device} ${on}`] : [];
  });

/** The network of the management's VLAN, if it had one: it keeps it. */
const networkOfVlan = (tx: Tx, host: Ref<'host'>, device: string, tag: number): Ref<'network'> => {
  const known = pifsOf(tx, host).find(([, pif]) => pif.VLAN === tag && pif.device === device)?.[1].network;
  if (known !== undefined && tx.get('network', known)) return known;
  const taken = new Set([...tx.all('network')].map(([, network]) => network.bridge));
  let number = 0;
  while (taken.has(`xapi${number}`)) number += 1;
  return tx.insert('network', { name_label: `Management network on VLAN ${tag}`, bridge: `xapi${number}`, managed: true });
};

/** Throws XenError when the database knows no interface of that name. */
export const resetRecords = (tx: Tx, host: Ref<'host'>, settings: NetworkSettings): void => {
  const found = pifsOf(tx, host).find(([, pif]) => pif.physical && pif.device === settings.device);
  if (!found) throw new XenError('INVALID_VALUE', ['device', settings.device]);
  const [self] = found;
  const vlanNetwork = settings.vlan === undefined ? undefined : networkOfVlan(tx, host, settings.device, settings.vlan);
  for (const [ref, pif] of pifsOf(tx, host)) {
    for (const vlan of pif.VLAN_slave_of) if (tx.get('VLAN', vlan)) tx.delete('VLAN', vlan);
    for (const tunnel of [...pif.tunnel_access_PIF_of, ...pif.tunnel_transport_PIF_of])
      if (tx.get('tunnel', tunnel)) tx.delete('tunnel', tunnel);
    for (const bond of pif.bond_master_of) if (tx.get('Bond', bond)) tx.delete('Bond', bond);
    if (pif.physical) tx.update('PIF', ref, { ...noAddresses, bond_slave_of: nullRef(), currently_attached: pif.managed });
    else tx.delete('PIF', ref);
  }
  if (vlanNetwork === undefined || settings.vlan === undefined) {
    tx.update('PIF', self, addresses(settings));
    return;
  }
  const made = insertVirtualPif(tx, tx.need('PIF', self), {
    device: settings.device,
    network: vlanNetwork,
    MAC: NO_MAC,
    VLAN: settings.vlan,
  });
  const vlan = tx.insert('VLAN', { tagged_PIF: self, untagged_PIF: made, tag: settings.vlan });
  tx.update('PIF', made, { ...addresses(settings), VLAN_master_of: vlan });
};

/** The settings by which the host is managed now. Undefined where it is not. */
export const currentSettings = (db: Reader, host: Ref<'host'>): NetworkSettings | undefined => {
  const pif = pifsOf(db, host).find(([, { management }]) => management)?.[1];
  if (!pif) return undefined;
  return {
    device: pif.device,
    mode: ({ None: 'none', DHCP: 'dhcp', Static: 'static' } as const)[pif.ip_configuration_mode],
    modeV6: ({ None: 'none', DHCP: 'dhcp', Autoconf: 'autoconf', Static: 'static' } as const)[pif.ipv6_configuration_mode],
    ...(pif.VLAN > 0 && { vlan: pif.VLAN }),
    ip: pif.IP,
    netmask: pif.netmask,
    gateway: pif.gateway,
    ipv6: pif.IPv6[0] ?? '',
    gatewayV6: pif.ipv6_gateway,
    dns: pif.DNS.split(',').filter(server => server !== ''),
  };
};
