// Addresses of interfaces, unplugging and forgetting them.

import { isIPv4, isIPv6 } from 'node:net';
import type { Ref } from '../../lib/brand.ts';
import { isNullRef } from '../../lib/brand.ts';
import type { Reader, Tx } from '../../db/db.ts';
import { XenError } from '../../model/error.ts';
import type { BoundParamsOf, RecordOf } from '../../model/index.ts';
import { change } from '../change.ts';
import type { OpsOf } from '../context.ts';
import { destroyVlan } from './vlan.ts';

const invalid = (parameter: string): XenError => new XenError('INVALID_IP_ADDRESS_SPECIFIED', [parameter]);

const assertMayLose = (pif: RecordOf<'PIF'>, self: Ref<'PIF'>, mode: string, type: 'IPv4' | 'IPv6'): void => {
  if (mode === 'None' && pif.management && pif.primary_address_type === type) throw new XenError('PIF_IS_MANAGEMENT_INTERFACE', [self]);
};

const reconfigureIp = (tx: Tx, { self, mode, IP, netmask, gateway, DNS }: BoundParamsOf<'PIF.reconfigure_ip'>): void => {
  assertMayLose(tx.need('PIF', self), self, mode, 'IPv4');
  if (mode !== 'Static') {
    tx.update('PIF', self, { ip_configuration_mode: mode, IP: '', netmask: '', gateway: '', DNS: '' });
    return;
  }
  if (!isIPv4(IP)) throw invalid('IP');
  if (!isIPv4(netmask)) throw invalid('netmask');
  if (gateway !== '' && !isIPv4(gateway)) throw invalid('gateway');
  tx.update('PIF', self, { ip_configuration_mode: mode, IP, netmask, gateway, DNS });
};

const isIPv6Prefix = (text: string): boolean => {
  const [address = '', length = '', ...more] = text.split('/');
  return isIPv6(address) && /^\d{1,3}$/.test(length) && Number(length) <= 128 && more.length === 0;
};

const reconfigureIPv6 = (tx: Tx, { self, mode, IPv6, gateway, DNS }: BoundParamsOf<'PIF.reconfigure_ipv6'>): void => {
  assertMayLose(tx.need('PIF', self), self, mode, 'IPv6');
  if (IPv6 !== '' && !isIPv6Prefix(IPv6)) throw invalid('IPv6');
  if (gateway !== '' && !isIPv6(gateway)) throw invalid('gateway');
  const isStatic = mode === 'Static';
  tx.update('PIF', self, {
    ipv6_configuration_mode: mode,
    IPv6: isStatic && IPv6 !== '' ? [IPv6] : [],
    ipv6_gateway: isStatic ? gateway : '',
    ...(isStatic ? { DNS } : {}),
  });
};

const assertUnpluggable = (db: Reader, self: Ref<'PIF'>): void => {
  const pif = db.need('PIF', self);
  if (pif.management) throw new XenError('PIF_IS_MANAGEMENT_INTERFACE', [self]);
  if (pif.disallow_unplug) throw new XenError('PIF_DOES_NOT_ALLOW_UNPLUG', [self]);
  const used = db.need('network', pif.network).VIFs.find(vif => db.need('VIF', vif).currently_attached);
  if (used !== undefined) throw new XenError('VIF_IN_USE', [pif.network, used]);
};

const forget = (tx: Tx, self: Ref<'PIF'>): void => {
  const pif = tx.need('PIF', self);
  if (!isNullRef(pif.bond_slave_of)) throw new XenError('PIF_BOND_STILL_EXISTS', [pif.bond_slave_of]);
  if (pif.VLAN_slave_of.length > 0 || !isNullRef(pif.VLAN_master_of)) throw new XenError('PIF_VLAN_STILL_EXISTS', [self]);
  if (pif.tunnel_access_PIF_of.length + pif.tunnel_transport_PIF_of.length > 0) throw new XenError('PIF_TUNNEL_STILL_EXISTS', [self]);
  assertUnpluggable(tx, self);
  tx.delete('PIF', self);
};

export const simulatedPifOps: OpsOf<'PIF'> = {
  reconfigure_ip: (call, params) => change(call.services.db, tx => reconfigureIp(tx, params)),
  reconfigure_ipv6: (call, params) => change(call.services.db, tx => reconfigureIPv6(tx, params)),
  set_primary_address_type: (call, { self, primary_address_type }) =>
    change(call.services.db, tx => tx.update('PIF', self, { primary_address_type })),
  unplug: (call, { self }) =>
    change(call.services.db, tx => {
      assertUnpluggable(tx, self);
      tx.update('PIF', self, { currently_attached: false });
    }),
  forget: (call, { self }) => change(call.services.db, tx => forget(tx, self)),
  /** Of a VLAN's interface: the VLAN goes too. */
  destroy: (call, { self }) =>
    change(call.services.db, tx => {
      const { VLAN_master_of: vlan } = tx.need('PIF', self);
      if (isNullRef(vlan)) throw new XenError('PIF_IS_PHYSICAL', [self]);
      destroyVlan(tx, vlan);
    }),
};
