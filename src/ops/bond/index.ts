// Bonds: several physical interfaces, the members, below one that is connected to the bond's network. What a member carried, its
// addresses, VLANs, tunnels and guests, goes to the bond, and back to the primary member when the bond is destroyed.

import type { Ref } from '../../lib/brand.ts';
import { isNullRef, nullRef } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { BoundParamsOf, RecordOf } from '../../model/index.ts';
import type { OpsOf } from '../context.ts';
import { changeNetwork } from '../network/change.ts';
import { assertNotConnected, freeDevice, insertVirtualPif, isBonded, isMac } from '../pif/rules.ts';
import { moveGuests } from './guests.ts';
import { changedProperty, newProperties, propertiesForMode } from './properties.ts';

type Pif = RecordOf<'PIF'>;

const noAddresses: Partial<Pif> = {
  ip_configuration_mode: 'None',
  IP: '',
  netmask: '',
  gateway: '',
  DNS: '',
  ipv6_configuration_mode: 'None',
  IPv6: [],
  ipv6_gateway: '',
  management: false,
  disallow_unplug: false,
};

const addressesOf = (pif: Pif): Partial<Pif> => ({
  ip_configuration_mode: pif.ip_configuration_mode,
  IP: pif.IP,
  netmask: pif.netmask,
  gateway: pif.gateway,
  DNS: pif.DNS,
  ipv6_configuration_mode: pif.ipv6_configuration_mode,
  IPv6: pif.IPv6,
  ipv6_gateway: pif.ipv6_gateway,
  management: pif.management,
  disallow_unplug: pif.disallow_unplug,
});

/** VLANs and tunnels on `from` are on `to` from now on. */
const moveUses = (tx: Tx, from: Ref<'PIF'>, to: Ref<'PIF'>): void => {
  const { VLAN_slave_of: vlans, tunnel_transport_PIF_of: tunnels } = tx.need('PIF', from);
  const { device } = tx.need('PIF', to);
  for (const vlan of vlans) {
    tx.update('VLAN', vlan, { tagged_PIF: to });
    tx.update('PIF', tx.need('VLAN', vlan).untagged_PIF, { device });
  }
  for (const tunnel of tunnels) tx.update('tunnel', tunnel, { transport_PIF: to });
};

const assertMember = (db: Reader, ref: Ref<'PIF'>, host: Ref<'host'>): void => {
  const pif = db.need('PIF', ref);
  if (pif.host !== host) throw new XenError('PIF_CANNOT_BOND_CROSS_HOST');
  if (isBonded(pif)) throw new XenError('PIF_ALREADY_BONDED', [ref]);
  if (!isNullRef(pif.VLAN_master_of)) throw new XenError('PIF_VLAN_EXISTS', [pif.device]);
  if (!pif.physical) throw new XenError('PIF_IS_NOT_PHYSICAL', [ref]);
};

/** The member whose addresses the bond takes over: that of the management, else the one with addresses, else the first by name. */
const primaryOf = (db: Reader, members: readonly Ref<'PIF'>[]): Ref<'PIF'> => {
  const rank = ({ management, ip_configuration_mode: mode }: Pif): number => (management ? 0 : mode !== 'None' ? 1 : 2);
  const [first] = members.toSorted((a, b) => {
    const [left, right] = [db.need('PIF', a), db.need('PIF', b)];
    return rank(left) - rank(right) || left.device.localeCompare(right.device, 'en', { numeric: true });
  });
  if (first === undefined) throw new XenError('PIF_BOND_NEEDS_MORE_MEMBERS');
  return first;
};

const create = (tx: Tx, { network, members, MAC, mode, properties }: BoundParamsOf<'Bond.create'>): Ref<'Bond'> => {
  const refs = [...new Set(members)];
  const primary = primaryOf(tx, refs);
  const first = tx.need('PIF', primary);
  assertNotConnected(tx, network, first.host);
  for (const ref of refs) assertMember(tx, ref, first.host);
  if (MAC !== '' && !isMac(MAC)) throw new XenError('MAC_INVALID', [MAC]);
  const settings = newProperties(mode, properties);
  const master = insertVirtualPif(tx, first, {
    ...addressesOf(first),
    device: freeDevice(tx, first.host, 'bond'),
    network,
    MAC: MAC === '' ? first.MAC : MAC,
    VLAN: -1,
    metrics: tx.insert('PIF_metrics', {}),
    properties: first.properties,
    igmp_snooping_status: first.igmp_snooping_status,
  });
  const bond = tx.insert('Bond', { master, primary_slave: primary, mode, properties: settings, auto_update_mac: MAC === '' });
  for (const ref of refs.toReversed()) {
    moveUses(tx, ref, master);
    moveGuests(tx, first.host, tx.need('PIF', ref).network, network);
    tx.update('PIF', ref, { ...noAddresses, bond_slave_of: bond, currently_attached: false });
  }
  return bond;
};

const destroy = (tx: Tx, self: Ref<'Bond'>): void => {
  const { master, primary_slave: primary, slaves } = tx.need('Bond', self);
  const pif = tx.need('PIF', master);
  moveUses(tx, master, primary);
  moveGuests(tx, pif.host, pif.network, tx.need('PIF', primary).network);
  for (const ref of slaves) tx.update('PIF', ref, { bond_slave_of: nullRef(), currently_attached: true });
  tx.update('PIF', primary, addressesOf(pif));
  tx.delete('Bond', self);
  tx.delete('PIF', master);
  if (tx.get('PIF_metrics', pif.metrics)) tx.delete('PIF_metrics', pif.metrics);
};

export const bondOps: OpsOf<'Bond'> = {
  create: (call, params) => changeNetwork(call, tx => create(tx, params)),
  destroy: (call, { self }) => changeNetwork(call, tx => destroy(tx, self)),
  set_mode: (call, { self, value }) =>
    changeNetwork(call, tx => {
      const { properties } = tx.need('Bond', self);
      tx.update('Bond', self, { mode: value, properties: propertiesForMode(value, properties) });
    }),
  set_property: (call, { self, name, value }) =>
    changeNetwork(call, tx => {
      const { mode, properties } = tx.need('Bond', self);
      tx.update('Bond', self, { properties: changedProperty(mode, properties, name, value) });
    }),
};
